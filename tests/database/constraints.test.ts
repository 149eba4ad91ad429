import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, newPlace, type Place } from '../support/database.ts'
import { openRaw, type Raw } from './raw.ts'

const claimed = `claimed_at = now()`

/** SQL that must be refused, by which SQLSTATE and constraint. */
const violations: Record<string, [sql: string, sqlstate: string, constraint: string]> = {
  'a second row for a name': [name('neo', 'NEO'), '23505', 'usernames_pkey'],
  'a name that is reserved': [name('admin', 'Admin'), '23505', 'usernames_pkey'],
  'a key with a capital': [name('Zion', 'Zion'), '23514', 'usernames_check'],
  'a key of 2 characters': [name('ab', 'ab'), '23514', 'usernames_check'],
  'a key of 51 characters': [name('a'.repeat(51), 'a'.repeat(51)), '23514', 'usernames_check'],
  'a key with a dot': [name('a.b.c', 'a.b.c'), '23514', 'usernames_check'],
  'a key with a line end': [name('abc\n', 'abc\n'), '23514', 'usernames_check'],
  'a key with a letter beyond ASCII': [name('émile', 'émile'), '23514', 'usernames_check'],
  'a display form of another name': [name('zion', 'Zeon'), '23514', 'usernames_check'],
  'a display form that folds only beyond ASCII': [name('kelvin', '\u212Aelvin'), '23514', 'usernames_check'],
  'an owner without a time': [
    `INSERT INTO usernames (key, display, owner_id) VALUES ('zion', 'zion', 'neo')`,
    '23514',
    'usernames_check',
  ],
  'a time without an owner': [
    `INSERT INTO usernames (key, display, claimed_at) VALUES ('zion', 'zion', now())`,
    '23514',
    'usernames_check',
  ],
  'a hold for nobody': [
    `INSERT INTO usernames (key, display, held_until) VALUES ('zion', 'zion', now())`,
    '23514',
    'usernames_check',
  ],
  'an owner of a reserved name': [
    `UPDATE usernames SET owner_id = 'neo', ${claimed} WHERE key = 'admin'`,
    '23514',
    'usernames_check',
  ],
  'a reservation of a name that is owned': [
    `UPDATE usernames SET reserved_because = 'we like it' WHERE key = 'neo'`,
    '23514',
    'usernames_check',
  ],
  'an owner without a profile': [
    `INSERT INTO usernames (key, display, owner_id, claimed_at) VALUES ('zion', 'zion', 'ghost', now())`,
    '23503',
    'usernames_owner_id_fkey',
  ],
  "a profile that points at somebody else's name": [
    `UPDATE profiles SET username_key = 'neo' WHERE id = 'trinity'`,
    '23503',
    'profiles_id_username_key_fkey',
  ],
  "a profile that points at nobody's name": [
    `UPDATE profiles SET username_key = 'admin' WHERE id = 'trinity'`,
    '23503',
    'profiles_id_username_key_fkey',
  ],
  'a profile that points at no name': [
    `UPDATE profiles SET username_key = 'nowhere' WHERE id = 'trinity'`,
    '23503',
    'profiles_id_username_key_fkey',
  ],
  'a second profile of a person': [`INSERT INTO profiles (id) VALUES ('neo')`, '23505', 'profiles_pkey'],
  'a colour that is none': [
    `UPDATE profiles SET accent_colour = 'red' WHERE id = 'neo'`,
    '23514',
    'profiles_accent_colour_check',
  ],
}

/** Taking a current name away from under its profile; the SQLSTATE of RESTRICT changed in PostgreSQL 18. */
const removals: Record<string, [sql: string, constraint: string]> = {
  'the current name of a person': [
    `DELETE FROM usernames WHERE key = 'neo'`,
    'profiles_id_username_key_fkey',
  ],
  'the owner of a current name': [
    `UPDATE usernames SET owner_id = 'trinity' WHERE key = 'neo'`,
    'profiles_id_username_key_fkey',
  ],
  'the profile of an owner': [`DELETE FROM profiles WHERE id = 'neo'`, 'usernames_owner_id_fkey'],
}

function name(key: string, display: string): string {
  return `INSERT INTO usernames (key, display) VALUES (E'${key.replace('\n', '\\n')}', E'${display.replace('\n', '\\n')}')`
}

describe.each(engines)('%s refuses', (engine) => {
  let place: Place
  let raw: Raw
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
    raw = await openRaw(place.location)
    await raw.query(`INSERT INTO profiles (id) VALUES ('neo'), ('trinity')`)
    await raw.query(
      `INSERT INTO usernames (key, display, owner_id, claimed_at)
       VALUES ('neo', 'Neo', 'neo', now()), ('trinity', 'Trinity', 'trinity', now())`,
    )
    await raw.query(`UPDATE profiles SET username_key = id`)
  })
  afterAll(async () => {
    await raw?.close()
    await place?.remove()
  })

  const names = () =>
    raw.query('SELECT u::text, p::text FROM usernames u FULL JOIN profiles p ON false ORDER BY 1, 2')

  test.each(Object.entries(violations))('%s', async (_, [sql, code, constraint]) => {
    const before = await names()
    await expect(raw.query(sql)).rejects.toMatchObject({ code, constraint })
    expect(await names()).toEqual(before)
  })

  test.each(Object.entries(removals))('to remove %s', async (_, [sql, constraint]) => {
    const before = await names()
    const refusal: unknown = await raw.query(sql).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: expect.stringMatching(/^23(503|001)$/), constraint })
    expect(await names()).toEqual(before)
  })
})

describe.each(engines)('%s accepts', (engine) => {
  let place: Place
  let raw: Raw
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
    raw = await openRaw(place.location)
    await raw.query(`INSERT INTO profiles (id) VALUES ('neo')`)
  })
  afterAll(async () => {
    await raw?.close()
    await place?.remove()
  })

  test.each(['abc', 'a'.repeat(50), 'A-b_9', '---'])('the name %s', async (display) => {
    await raw.query(name(display.toLowerCase(), display))
    expect(await raw.query(`SELECT display FROM usernames WHERE key = lower('${display}')`)).toEqual([
      { display },
    ])
  })

  test('one current name a person, and any number of former ones', async () => {
    await raw.query(
      `INSERT INTO usernames (key, display, owner_id, claimed_at, held_until)
       VALUES ('neo1', 'neo1', 'neo', now(), NULL), ('neo2', 'neo2', 'neo', now(), now()), ('neo3', 'neo3', 'neo', now(), now())`,
    )
    await raw.query(`UPDATE profiles SET username_key = 'neo2' WHERE id = 'neo'`)
    await raw.query(`UPDATE profiles SET username_key = 'neo1' WHERE id = 'neo'`)
    expect(await raw.query(`SELECT username_key FROM profiles`)).toEqual([{ username_key: 'neo1' }])
  })

  test('keys in the order of their bytes, whatever its locale', async () => {
    for (const key of ['a_b', 'a-b', 'a0b']) await raw.query(name(key, key))
    const sorted = await raw.query(
      `SELECT key FROM usernames WHERE key IN ('a_b', 'a-b', 'a0b') ORDER BY key`,
    )
    expect(sorted.map(({ key }) => key)).toEqual(['a-b', 'a0b', 'a_b'])
    const collations = await raw.query(
      `SELECT DISTINCT collation_name AS collation FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name IN ('key', 'username_key') AND table_name NOT IN ('rate_limits', 'idempotency_keys')`,
    )
    expect(collations).toEqual([{ collation: 'C' }])
  })
})
