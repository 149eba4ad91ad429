/** The tables of schema.prisma, as Prisma would make them. */
export const prismaTables = `
  CREATE TABLE IF NOT EXISTS profiles (id TEXT PRIMARY KEY, username TEXT);
  CREATE UNIQUE INDEX IF NOT EXISTS profiles_username_key ON profiles (username);
  CREATE TABLE IF NOT EXISTS usernames (name TEXT PRIMARY KEY, owner_id TEXT NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS usernames_owner_id_key ON usernames (owner_id)`
