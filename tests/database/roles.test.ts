import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseRefusal } from '../../server/database/engine.ts'
import { openDatabase } from '../../server/database/open.ts'
import { newPlace, type Place, silent, urlOf, withPostgres } from '../support/database.ts'
import { openRaw, type Raw } from './raw.ts'

describe.skipIf(!withPostgres)('a role of PostgreSQL', () => {
  const role = `dibs_test_${randomUUID().replaceAll('-', '')}`
  let place: Place
  let raw: Raw
  beforeEach(async () => {
    place = await newPlace('postgresql')
    raw = await openRaw(place.location)
    await raw.query(`CREATE ROLE ${role} LOGIN`)
  })
  afterEach(async () => {
    await raw.query(`DROP OWNED BY ${role}`)
    await raw.query(`DROP ROLE ${role}`)
    await raw.close()
    await place.remove()
  })

  async function start(): Promise<unknown> {
    const url = new URL(urlOf(place.location))
    url.username = role
    try {
      const database = await openDatabase({ url: url.href, poolSize: 1 }, silent)
      await database.close()
      return 'opened'
    } catch (error) {
      return error
    }
  }

  /** As an operator reads it: a sentence, and nothing of our code. */
  function expectRefusal(refusal: unknown, says: RegExp) {
    expect(refusal).toBeInstanceOf(DatabaseRefusal)
    expect(String(refusal)).toMatch(says)
    expect(String(refusal)).not.toMatch(/schema-engine|\n\s+at /)
  }

  test('that may make tables needs no other right', async () => {
    await raw.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
    expect([await start(), await start()]).toEqual(['opened', 'opened'])
  })

  test('that may not make tables is told so', async () => {
    await raw.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
    expectRefusal(await start(), /Migrating the database failed: .*(permission|denied)/)
  })

  test('whose search path leads elsewhere is told so', async () => {
    await raw.query(`CREATE SCHEMA elsewhere AUTHORIZATION ${role}`)
    await raw.query(`ALTER ROLE ${role} SET search_path TO elsewhere`)
    expectRefusal(await start(), /search_path of the database role leads to the schema "elsewhere"/)
    await raw.query(`ALTER ROLE ${role} SET search_path TO nowhere`)
    expectRefusal(await start(), /search_path of the database role leads to no schema/)
    expect(await raw.query(`SELECT tablename FROM pg_tables WHERE tableowner = '${role}'`)).toEqual([])
  })

  test('that only reads, as on a standby, is told so', async () => {
    await raw.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
    expect(await start()).toBe('opened')
    await raw.query(`ALTER ROLE ${role} SET default_transaction_read_only TO on`)
    expectRefusal(await start(), /takes no writes: .*default_transaction_read_only is on/)
  })

  test('with timeouts of its own migrates all the same', async () => {
    await raw.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
    for (const setting of [
      "statement_timeout TO '1ms'",
      "lock_timeout TO '1ms'",
      "timezone TO 'Asia/Kathmandu'",
    ])
      await raw.query(`ALTER ROLE ${role} SET ${setting}`)
    expect(await start()).toBe('opened')
  })
})
