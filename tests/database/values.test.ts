import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFault } from '../../server/database/errors.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

describe.each(engines)('a query beside the client on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  test('answers text, numbers, times and lists as such', async () => {
    const [row] = await database.query`
      SELECT ${'neo'}::text AS text, ${3}::int AS number, ${null}::text AS nothing, true AS flag,
        ${['a"b', null, 'c,d\\']}::text[] AS list, timestamptz '2026-11-24T12:00:00.123Z' AS time`
    expect(row).toEqual({
      text: 'neo',
      number: 3,
      nothing: null,
      flag: true,
      list: ['a"b', null, 'c,d\\'],
      time: new Date('2026-11-24T12:00:00.123Z'),
    })
  })

  test('fails as the database says, without the values that it was given', async () => {
    const error = await database.query`SELECT ${'trinity@example.com'}::text, 1 / ${0}::int`.catch(
      (error: unknown) => error,
    )
    expect(databaseFault(error)).toEqual({ kind: 'defect' })
    expect(error).toMatchObject({ code: '22012' })
    expect(inspect(error, { depth: null })).not.toContain('trinity')

    const row = await database.query`
      INSERT INTO profiles (id, display_name) VALUES (${'trinity@example.com'}, ${null}::text)`.catch(
      (error: unknown) => error,
    )
    expect(row).toMatchObject({ code: '23502' })
    expect(inspect(row, { depth: null })).not.toContain('trinity')
  })
})
