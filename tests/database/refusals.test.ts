import { describe, expect, test } from 'vitest'
import { DatabaseRefusal } from '../../server/database/engine.ts'
import { type Location, openDatabase } from '../../server/database/open.ts'
import { engines, newPlace, type Place, silent } from '../support/database.ts'
import { tamper } from './raw.ts'

const later = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
  VALUES ('x', repeat('0', 64), '29990101000000_later', now(), 1)`

/** What was done to a migrated database, and what the start says of it. */
const changes: Record<string, [sql: string, says: RegExp]> = {
  'a migration that this build does not have': [later, /newer than this build.*29990101000000_later/],
  'a migration edited after it was applied': [
    `UPDATE _prisma_migrations SET checksum = repeat('0', 64)`,
    /edited after this database applied them: \d{14}_init/,
  ],
  'a migration that failed half-way': [
    'UPDATE _prisma_migrations SET finished_at = NULL',
    /failed half-way on this database: \d{14}_init/,
  ],
  'a history of another shape': [
    'ALTER TABLE _prisma_migrations DROP COLUMN checksum',
    /history of migrations, the table _prisma_migrations, cannot be read: .*checksum/,
  ],
  'a history with names of another type': [
    'ALTER TABLE _prisma_migrations ALTER migration_name TYPE bigint USING 5',
    /history of migrations, the table _prisma_migrations, cannot be read: .*migration_name/,
  ],
  'a history with checksums of another type': [
    `ALTER TABLE _prisma_migrations ALTER checksum TYPE bytea USING '\\x00'`,
    /history of migrations, the table _prisma_migrations, cannot be read: .*type/,
  ],
  'a column too few': ['ALTER TABLE profiles DROP COLUMN bio', /changed by something other.*bio/s],
  'a column too many': ['ALTER TABLE profiles ADD COLUMN age int', /changed by something other.*age/s],
  'a column of another type': ['ALTER TABLE profiles ALTER version TYPE bigint', /changed by.*version/s],
  'a unique index too few': ['DROP INDEX users_email_key', /changed by something other.*email/s],
  'a foreign key too few': [
    'ALTER TABLE profiles DROP CONSTRAINT profiles_id_username_key_fkey',
    /changed by something other.*username_key/s,
  ],
  'a table too many': ['CREATE TABLE friends (id int PRIMARY KEY)', /changed by something other.*friends/s],
}

/** What Prisma's engine does not see, done to one database, and the lines that the start says of each. */
const hidden: Record<string, [sql: string, ...lines: RegExp[]]> = {
  'a CHECK too few': [
    'ALTER TABLE username_changes DROP CONSTRAINT username_changes_check',
    /^\[-\] check username_changes username_changes_check \w{16}$/,
  ],
  'a CHECK too many': [
    'ALTER TABLE profiles ADD CONSTRAINT short CHECK (length(bio) < 9)',
    /^\[\+\] check profiles short \w{16}$/,
  ],
  'a CHECK that checks nothing': [
    'ALTER TABLE usernames DROP CONSTRAINT usernames_check, ADD CONSTRAINT usernames_check CHECK (true)',
    /^\[-\] check usernames usernames_check \w{16}$/,
    /^\[\+\] check usernames usernames_check \w{16}$/,
  ],
  'a CHECK that is not valid yet': [
    `ALTER TABLE profiles DROP CONSTRAINT profiles_accent_colour_check,
     ADD CONSTRAINT profiles_accent_colour_check CHECK (accent_colour ~ '^#[0-9a-f]{6}$') NOT VALID`,
    /^\[-\] check profiles profiles_accent_colour_check \w{16}$/,
    /^\[\+\] check profiles profiles_accent_colour_check \w{16}$/,
    /^\[\+\] not valid profiles profiles_accent_colour_check$/,
  ],
  'a foreign key that is not valid yet': [
    `ALTER TABLE accounts DROP CONSTRAINT accounts_user_id_fkey,
     ADD CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
       ON DELETE CASCADE ON UPDATE CASCADE NOT VALID`,
    /^\[\+\] not valid accounts accounts_user_id_fkey$/,
  ],
  'a foreign key that waits for the COMMIT': [
    'ALTER TABLE sessions ALTER CONSTRAINT sessions_user_id_fkey DEFERRABLE INITIALLY DEFERRED',
    /^\[\+\] deferrable sessions sessions_user_id_fkey$/,
  ],
  'foreign keys that nothing enforces': [
    'ALTER TABLE sessions DISABLE TRIGGER ALL',
    /^\[\+\] not enforced sessions sessions_user_id_fkey$/,
  ],
  'a primary key that waits for the COMMIT': [
    `ALTER TABLE usernames DROP CONSTRAINT usernames_pkey,
     ADD CONSTRAINT usernames_pkey PRIMARY KEY (key) DEFERRABLE INITIALLY DEFERRED`,
    /^\[\+\] deferrable usernames usernames_pkey$/,
  ],
  'a unique index of some rows': [
    `CREATE UNIQUE INDEX lonely ON profiles (company) WHERE company <> ''`,
    /^\[\+\] unique index profiles lonely where company<>''$/,
  ],
  'a unique index of an expression': [
    'CREATE UNIQUE INDEX quiet ON users (lower(email))',
    /^\[\+\] unique index users quiet on loweremail$/,
  ],
  'a rule': ['CREATE RULE deaf AS ON UPDATE TO profiles DO INSTEAD NOTHING', /^\[\+\] rule profiles deaf$/],
  'row-level security': [
    'ALTER TABLE profiles ENABLE ROW LEVEL SECURITY',
    /^\[\+\] row-level security profiles$/,
  ],
  'a table that a crash empties': ['ALTER TABLE rate_limits SET UNLOGGED', /^\[\+\] unlogged rate_limits$/],
  'a function that is planned as if it never changed': [
    'ALTER FUNCTION kept_answer IMMUTABLE',
    /^\[-\] function kept_answer\(/,
    /^\[\+\] function kept_answer\(.*\) returns jsonb immutable .*\w{16}$/,
  ],
  'a function with settings of its own': [
    `ALTER FUNCTION claim_username SET search_path TO 'elsewhere'`,
    /^\[-\] function claim_username\(/,
    /^\[\+\] function claim_username\(.* set search_path=elsewhere \w{16}$/,
  ],
  'a function with the rights of its owner': [
    'ALTER FUNCTION free_usernames SECURITY DEFINER',
    /^\[-\] function free_usernames\(/,
    /^\[\+\] function free_usernames\(.* security definer set plan_cache_mode=force_generic_plan \w{16}$/,
  ],
  'a function too few': ['DROP FUNCTION hold_username', /^\[-\] function hold_username\(/],
  'a function that does something else': [
    `CREATE OR REPLACE FUNCTION username_status(name usernames, person text, email text) RETURNS text LANGUAGE sql AS $$ SELECT 'available' $$`,
    /^\[-\] function username_status\(/,
    /^\[\+\] function username_status\(/,
  ],
  'a key of another collation': [
    'ALTER TABLE username_changes ALTER key TYPE text COLLATE "POSIX"',
    /^\[-\] collation username_changes.key C$/,
    /^\[\+\] collation username_changes.key POSIX$/,
  ],
  'a trigger': [
    `CREATE TRIGGER meddle BEFORE UPDATE ON usernames FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    /^\[\+\] trigger usernames meddle/,
  ],
}

async function refusalOf(location: Location): Promise<unknown> {
  try {
    const database = await openDatabase(location, silent)
    await database.close()
    return 'opened'
  } catch (error) {
    return error
  }
}

describe.each(engines)('a start on %s', (engine) => {
  const newMigrated = () => newPlace(engine, { migrated: true })

  async function expectRefusal(place: Place, says: RegExp, ...done: string[]) {
    const before = await tamper(place.location, ...done)
    const refusal = await refusalOf(place.location)
    const after = await tamper(place.location)
    await place.remove()
    expect(refusal).toBeInstanceOf(DatabaseRefusal)
    expect(String(refusal)).toMatch(says)
    expect(String(refusal)).not.toMatch(/\n\s+at /)
    expect(after).toEqual(before)
    return String(refusal)
  }

  // What looks is the same code on each, so that all of it is tried where that takes less time.
  const changesHere = Object.entries(changes).filter((_, at) => engine === engines.at(-1) || at % 4 === 0)

  test.each(changesHere)('refuses %s and leaves it as it is', async (_, [sql, says]) => {
    await expectRefusal(await newMigrated(), says, sql)
  })

  test("refuses what Prisma's engine does not see, and says all of it", async () => {
    const done = Object.values(hidden).map(([sql]) => sql)
    const refusal = await expectRefusal(await newMigrated(), /changed by something other/, ...done)
    const [, ...lines] = refusal.split('\n')
    const wanted = Object.entries(hidden).flatMap(([name, [, ...each]]) =>
      each.map((line) => ({ name, line })),
    )
    const said = wanted.map(({ name, line }) => [name, lines.filter((one) => line.test(one)).length])
    expect(said).toEqual(wanted.map(({ name }) => [name, 1]))
    expect(lines.filter((one) => !wanted.some(({ line }) => line.test(one)))).toEqual([])
  })

  test("refuses another application's tables and leaves them as they are", async () => {
    const says = /tables that Dibs did not make \("invoices" among them\)/
    const table = ['CREATE TABLE invoices (id int)', 'INSERT INTO invoices VALUES (1)']
    await expectRefusal(await newPlace(engine), says, ...table)
  })

  test("refuses another application's migrations and leaves them as they are", async () => {
    const says = /another application's: it has the migrations 20200101000000_invoices/
    const renamed = `UPDATE _prisma_migrations SET migration_name = '20200101000000_invoices'`
    await expectRefusal(await newMigrated(), says, renamed, 'DROP TABLE accounts')
  })

  test("accepts a database with a view of the operator's", async () => {
    const place = await newMigrated()
    await tamper(place.location, 'CREATE VIEW takers AS SELECT count(*) FROM usernames')
    const opened = await refusalOf(place.location)
    await place.remove()
    expect(opened).toBe('opened')
  })
})
