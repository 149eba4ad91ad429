import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Prepared } from '../../server/database/execution.ts'
import { ForgivingPool } from '../../server/database/forgiving-pool.ts'
import type { QueryValue } from '../../server/database/query.ts'
import { openTestDatabase, type TestDatabase, urlOf, withPostgres } from '../support/database.ts'

describe.skipIf(!withPostgres)('an execution of a prepared statement', () => {
  let database: TestDatabase
  let pool: ForgivingPool
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
  })
  afterAll(() => database?.close())
  beforeEach(() => {
    pool = new ForgivingPool({ connectionString: urlOf(database.location), max: 1 })
    pool.on('error', () => {})
  })
  afterEach(() => pool.end())

  const named = (name: string, text: string): Prepared => ({ name, text })
  const query = (text: string, values: unknown[] = []) => (pool as pg.Pool).query(text, values)
  const pid = async (): Promise<number> => (await query('SELECT pg_backend_pid() AS pid')).rows[0].pid

  const lists: [string, QueryValue][] = [
    ['no items', []],
    ['nulls, and what is written like one', [null, 'NULL', 'null', null]],
    ['what a list is written with', ['{', '}', ',', '"', '\\', '\\"', '{"a","b"}', ' ', '']],
    ['other letters and lines', ['Ünïcode 🦊', "O'Brien", 'two\nlines', '\t', '$1', '%s']],
  ]
  test.each(lists)('gets a list of %s back as it was', async (_, list) => {
    const statement = named('echo', 'SELECT $1::text[] AS list, $2::text AS text, $3::int AS number')
    const values = [list, Array.isArray(list) ? list.join() : null, -7]
    for (const time of ['first', 'second'])
      expect([time, await pool.run(statement, values)]).toEqual([
        time,
        [{ list, text: values[1], number: -7 }],
      ])
  })

  test('answers as a query of pg does', async () => {
    const text = `SELECT * FROM (VALUES (1, 'a', true, now()), (2, NULL, false, NULL)) AS t (one, two, three, four)
                  WHERE one < $1`
    const { rows } = await query(text, [9])
    for (let time = 0; time < 2; time++) {
      const found = await pool.run(named('rows', text), [9])
      expect(found.map(({ four, ...others }) => ({ ...others, four: four instanceof Date }))).toEqual(
        rows.map(({ four, ...others }) => ({ ...others, four: four instanceof Date })),
      )
    }
    expect(await pool.run(named('rows', text), [0])).toEqual([])
    expect(await pool.run(named('nothing', 'DELETE FROM verifications WHERE id = $1'), ['x'])).toEqual([])
  })

  test('has the columns described once', async () => {
    const statement = named('once', 'SELECT $1::int AS one')
    const client = await pool.connect()
    let described = 0
    // The socket is pg's own; what it reads goes to whoever listens.
    Reflect.get(client, 'connection').on('rowDescription', () => {
      described += 1
    })
    client.release()
    for (let number = 0; number < 3; number++)
      expect(await pool.run(statement, [number])).toEqual([{ one: number }])
    expect(described).toBe(1)
  })

  test('that the server refuses leaves the connection and the statement as they were', async () => {
    const before = await pid()
    const statement = named('divides', 'SELECT 1 / $1::int AS part')
    for (const divisor of [0, 1, 0, 1]) {
      const end = await pool.run(statement, [divisor]).catch((error) => error.code)
      expect(end).toEqual(divisor === 0 ? '22012' : [{ part: 1 }])
    }
    expect(await pool.run(named('broken', 'SELECT FROM WHERE'), []).catch(({ code }) => code)).toBe('42601')
    expect(await pid()).toBe(before)
  })

  test('of a value that is no text keeps the connection', async () => {
    const before = await pid()
    const statement = named('one', 'SELECT $1::text AS one')
    await expect(pool.run(statement, [undefined as unknown as null])).rejects.toThrow(TypeError)
    expect(await pid()).toBe(before)
  })

  test('that cannot be sent fails by itself, and leaves nothing behind that would', async () => {
    const client = await pool.connect()
    Reflect.get(client, 'connection').bind = () => {
      throw new RangeError('cannot be sent')
    }
    client.release()
    const statement = named('unsent', 'SELECT $1::int AS one')
    await expect(pool.run(statement, [1])).rejects.toThrow('cannot be sent')
    expect(await pool.run(statement, [1])).toEqual([{ one: 1 }])
  })

  test('that was forgotten meanwhile is prepared anew, on another connection', async () => {
    const statement = named('forgotten', 'SELECT 5 AS five')
    await pool.run(statement, [])
    await query('DEALLOCATE ALL')
    expect(await pool.run(statement, [])).toEqual([{ five: 5 }])
  })

  test('whose columns a migration changed is prepared anew', async () => {
    await query('CREATE TABLE changing AS SELECT 1 AS one')
    const statement = named('changing', 'SELECT * FROM changing')
    expect(await pool.run(statement, [])).toEqual([{ one: 1 }])
    await query(`ALTER TABLE changing ADD COLUMN two text DEFAULT 'new'`)
    expect(await pool.run(statement, [])).toEqual([{ one: 1, two: 'new' }])
    await query('ALTER TABLE changing RENAME COLUMN one TO uno')
    expect(await pool.run(statement, [])).toEqual([{ uno: 1, two: 'new' }])
    await query('DROP TABLE changing')
  })

  test('of which a value cannot be read fails, and the next one does not', async () => {
    const parse = pg.types.getTypeParser(pg.types.builtins.INT4)
    pg.types.setTypeParser(pg.types.builtins.INT4, () => {
      throw new TypeError('unreadable')
    })
    const statement = named('unreadable', 'SELECT 1::int4 AS one')
    try {
      await expect(pool.run(statement, [])).rejects.toThrow('unreadable')
    } finally {
      pg.types.setTypeParser(pg.types.builtins.INT4, parse)
    }
    expect(await pool.run(named('readable', 'SELECT 1::int4 AS one'), [])).toEqual([{ one: 1 }])
  })
})
