import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn } from './app.ts'

describe.each(engines)('a server on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  beforeAll(async () => {
    // One connection, whose settings are everybody's.
    database = await openTestDatabase(engine, { poolSize: 1 })
    app = await appOn(database)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  async function statuses() {
    const answers = [await app.inject({ url: '/healthz' }), await app.inject({ url: '/readyz' })]
    return answers.map(({ statusCode }) => statusCode)
  }

  test.each([
    [
      'takes no writes',
      'SET default_transaction_read_only TO on',
      'SET default_transaction_read_only TO off',
    ],
    ['has lost its tables', 'ALTER SCHEMA public RENAME TO lost', 'ALTER SCHEMA lost RENAME TO public'],
    [
      'has a migration that did not finish',
      'UPDATE _prisma_migrations SET finished_at = NULL',
      'UPDATE _prisma_migrations SET finished_at = now()',
    ],
    [
      'has a migration that was rolled back',
      'UPDATE _prisma_migrations SET rolled_back_at = now()',
      'UPDATE _prisma_migrations SET rolled_back_at = NULL',
    ],
    [
      'lacks a migration',
      `UPDATE _prisma_migrations SET migration_name = 'not_' || migration_name`,
      `UPDATE _prisma_migrations SET migration_name = substr(migration_name, 5)`,
    ],
  ])('whose database %s is up, but not ready until it is mended', async (_what, harm, mend) => {
    expect(await statuses()).toEqual([200, 200])
    await database.prisma.$executeRawUnsafe(harm)
    expect(await statuses()).toEqual([200, 503])
    await database.prisma.$executeRawUnsafe(mend)
    expect(await statuses()).toEqual([200, 200])
  })
})
