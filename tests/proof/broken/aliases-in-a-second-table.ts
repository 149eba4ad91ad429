import { freeUsername } from '../../../server/domain/administration.ts'
import type { Context } from '../../../server/trpc/context.ts'
import type { UsernameKey } from '../../../shared/username.ts'
import { usernameKey } from '../../../shared/username.ts'
import { claiming } from './claiming.ts'
import { start } from './start.ts'

type Prisma = Context['database']['prisma']

// Broken: a former name is held by a row of another table, with a unique constraint for each of
// the two and none for both. What writes one of them comes too late to the other, or forgets it.
await start({
  claimUsername: claiming(async (claim, { database, claims, rules }) => {
    const { prisma } = database
    const key = usernameKey(claim.username)
    let end = await claims.claim(claim)
    if (end.outcome === 'held' && !(await isHeld(prisma, key))) {
      await freeUsername(prisma, {
        username: claim.username,
        atOnce: true,
        actorId: null,
        note: undefined,
        rules,
      })
      end = await claims.claim(claim)
    }
    if (end.outcome === 'claimed' && end.previous) await hold(prisma, usernameKey(end.previous.username))
    return end
  }),
})

async function isHeld(prisma: Prisma, key: UsernameKey): Promise<boolean> {
  await makeTable(prisma)
  const rows = await prisma.$queryRaw`SELECT FROM elsewhere.aliases WHERE key = ${key}`
  return Array.isArray(rows) && rows.length > 0
}

async function hold(prisma: Prisma, key: UsernameKey): Promise<void> {
  await makeTable(prisma)
  await prisma.$executeRaw`INSERT INTO elsewhere.aliases VALUES (${key}) ON CONFLICT DO NOTHING`
}

/** In a schema of its own: Dibs refuses to start on one that holds more than its tables. */
let making: Promise<unknown> | undefined
function makeTable(prisma: Prisma): Promise<unknown> {
  making ??= prisma.$transaction([
    // Servers that start together would make it twice.
    prisma.$executeRaw`SELECT pg_advisory_xact_lock(7)`,
    prisma.$executeRaw`CREATE SCHEMA IF NOT EXISTS elsewhere`,
    prisma.$executeRaw`CREATE TABLE IF NOT EXISTS elsewhere.aliases (key text PRIMARY KEY)`,
  ])
  return making
}
