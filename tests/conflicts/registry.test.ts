import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { databaseFault } from '../../server/database/errors.ts'
import type { PrismaClient } from '../../server/database/generated/client.ts'
import { conflicts, type UniqueField } from '../../server/trpc/conflicts.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

/** Unique indexes that no failure is registered for, and why no procedure can run into them. */
const unregistered: Record<string, string> = {
  _prisma_migrations_pkey: 'written by migrations only',
  usernames_owner_id_key: 'begins with a name that usernames_pkey refuses twice already',
  username_changes_pkey: 'a sequence',
  idempotency_keys_pkey: 'written only while the profile of its person is locked',
  users_pkey: 'a random id of the authentication',
  users_email_key: 'written by the authentication, which answers for itself',
  sessions_pkey: 'a random id of the authentication',
  sessions_token_key: 'a random token of the authentication',
  accounts_pkey: 'a random id of the authentication',
  verifications_pkey: 'a random id of the authentication',
  rate_limits_pkey: 'a random id of the authentication',
  rate_limits_key_key: 'written by the authentication, which answers for itself',
}

const Indexes = z.array(z.object({ name: z.string(), table: z.string(), columns: z.array(z.string()) }))

describe.each(engines)('the registry of conflicts, beside pg_index on %s,', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  async function uniqueIndexes() {
    return Indexes.parse(
      await database.prisma.$queryRaw`
        SELECT index.relname AS name, tables.relname AS table,
               array_agg(pg_get_indexdef(indexrelid, position::int, false) ORDER BY position) AS columns
        FROM pg_index
        JOIN pg_class index ON index.oid = indexrelid
        JOIN pg_class tables ON tables.oid = indrelid
        CROSS JOIN generate_series(1, indnkeyatts) AS position
        WHERE indisunique AND tables.relnamespace = current_schema()::regnamespace
        GROUP BY index.relname, tables.relname`,
    )
  }
  const listed = [...conflicts.map(({ constraint }) => constraint), ...Object.keys(unregistered)].sort()

  test.each(conflicts)('names $constraint with its table and columns', async (conflict) => {
    const { constraint, table, columns } = conflict
    const unique = await uniqueIndexes()
    expect(unique.filter((index) => index.name === constraint)).toEqual([
      { name: constraint, table, columns: [...columns] },
    ])
  })

  test('leaves out only indexes that no procedure can run into', async () => {
    expect((await uniqueIndexes()).map(({ name }) => name).sort()).toEqual(listed)
  })

  test.each(['(display_name)', '(lower(display_name))', `(display_name) WHERE bio <> ''`])(
    'differs from it as soon as somebody adds an index on %s',
    async (what) => {
      await database.prisma.$executeRawUnsafe(`CREATE UNIQUE INDEX forgotten_key ON profiles ${what}`)
      const names = (await uniqueIndexes()).map(({ name }) => name)
      await database.prisma.$executeRaw`DROP INDEX forgotten_key`
      expect(names.filter((name) => !listed.includes(name))).toEqual(['forgotten_key'])
    },
  )

  const written: Record<(typeof conflicts)[number]['field'], (prisma: PrismaClient) => Promise<unknown>> = {
    key: (prisma) => prisma.username.create({ data: { key: 'twice', display: 'twice' } }),
    skeleton: (prisma) => {
      const name = `twice${Math.random()}`.replace('.', '')
      const row = { key: name, display: name, look: 'twice', skeleton: 'twice', skeletonVersion: '1' }
      return prisma.username.create({ data: row })
    },
    id: (prisma) => prisma.profile.create({ data: { id: 'twice' } }),
  }
  test.each(conflicts)('is right that $model.$field violates $constraint', async ({ field, constraint }) => {
    await written[field]?.(database.prisma)
    const error: unknown = await written[field]?.(database.prisma).catch((error: unknown) => error)
    expect(databaseFault(error)).toMatchObject({ kind: 'unique', constraint })
  })
})

describe('a field of the registry', () => {
  test('must be unique in the Prisma schema, or does not compile', () => {
    const unique: [UniqueField<'Username'>, UniqueField<'User'>, UniqueField<'Profile'>] = [
      'key',
      'email',
      'id',
    ]
    // @ts-expect-error: a display form is not unique.
    const display: UniqueField<'Username'> = 'display'
    // @ts-expect-error: nor is half of a unique pair.
    const owner: UniqueField<'Username'> = 'ownerId'
    // @ts-expect-error: nor is a field of another model.
    const email: UniqueField<'Profile'> = 'email'
    expect([...unique, display, owner, email]).toHaveLength(6)
  })
})
