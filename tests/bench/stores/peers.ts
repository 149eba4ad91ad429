import { inSql } from '../people.ts'
import { numbered, type Store } from './store.ts'

const { name, personId, token } = inSql

export const byHandStore: Store = {
  name: 'by_hand',
  owners: `
    WITH profiles_made AS (
      INSERT INTO profiles (id, display_name) SELECT ${personId('at')}, 'Somebody' FROM ${numbered}
    )
    INSERT INTO usernames (key, display, owner_id)
    SELECT ${name('at')}, ${name('at')}, ${personId('at')} FROM ${numbered}`,
  people: `INSERT INTO profiles (id, display_name) SELECT ${personId('at')}, 'Somebody' FROM ${numbered}`,
  count: 'SELECT count(*)::int FROM usernames',
  touched: ['usernames', 'usernames_pkey', 'usernames_owner_id_key'],
}

export const seedStore: Store = {
  name: 'seed',
  owners: `INSERT INTO profiles (id, username) SELECT ${personId('at')}, ${name('at')} FROM ${numbered}`,
  people: `INSERT INTO profiles (id) SELECT ${personId('at')} FROM ${numbered}`,
  count: 'SELECT count(username)::int FROM profiles',
  touched: ['profiles', 'profiles_pkey', 'profiles_username_key'],
}

export const stockStore: Store = {
  name: 'stock',
  owners: `INSERT INTO usernames (name, owner_id) SELECT ${name('at')}, ${personId('at')} FROM ${numbered}`,
  people: `SELECT ${personId('at')} FROM ${numbered} WHERE false`,
  count: 'SELECT count(*)::int FROM usernames',
  touched: ['usernames', 'usernames_pkey', 'usernames_owner_id_key'],
}

const account = (named: string) => `
  WITH users_made AS (
    INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", username, "displayUsername")
    SELECT ${personId('at')}, 'Somebody', ${personId('at')} || '@people.example', true, now(), now(),
      ${named}, ${named}
    FROM ${numbered}
  )
  INSERT INTO session (id, "userId", token, "expiresAt", "createdAt", "updatedAt")
  SELECT ${token('at')}, ${personId('at')}, ${token('at')}, now() + interval '1 day', now(), now() FROM ${numbered}`

export const betterAuthStore: Store = {
  name: 'better_auth',
  owners: account(name('at')),
  people: account('NULL'),
  count: 'SELECT count(username)::int FROM "user"',
  touched: ['"user"', 'user_pkey', 'user_username_key'],
}

/** Of those who keep nothing. */
export const noStore: Store = {
  name: 'nothing',
  owners: `SELECT FROM ${numbered} WHERE false`,
  people: `SELECT FROM ${numbered} WHERE false`,
  count: 'SELECT 0 AS count',
  touched: [],
}
