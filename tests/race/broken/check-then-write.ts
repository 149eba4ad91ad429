import type { PrismaClient } from '../../../server/database/generated/client.ts'
import type { Answer } from '../ending.ts'
import { type Asked, taken } from './claim-procedure.ts'

type Row = Awaited<ReturnType<PrismaClient['username']['findFirst']>>

/**
 * Broken: asks whether the name is free, then writes it, as the backend did that Dibs comes
 * from. Between the two somebody else writes, and P2002 leaves as a 500.
 */
export async function checkThenWrite(asked: Asked): Promise<Answer> {
  return write(asked, await check(asked))
}

/** The row in the way, if it is one that may be taken; answers null where there is none. */
export async function check(asked: Asked): Promise<Row> {
  const { prisma, person, key } = asked
  const row = await prisma.username.findFirst({ where: { key } })
  const isFree = row === null || row.ownerId === person.id || (row.heldUntil && row.heldUntil <= new Date())
  if (!isFree) throw taken(asked)
  return row
}

/** Writes the name without looking again. */
export async function write(asked: Asked, row: Row): Promise<Answer> {
  const { prisma, person, username, key, rules } = asked
  await prisma.profile.createMany({
    data: { id: person.id, displayName: person.name },
    skipDuplicates: true,
  })
  const before = await prisma.profile.findUniqueOrThrow({ where: { id: person.id } })
  const claimedAt = (before.usernameKey === key && row?.claimedAt) || new Date()
  const data = { display: username, ownerId: person.id, claimedAt, heldUntil: null }
  if (row === null) await prisma.username.create({ data: { key, ...data } })
  else await prisma.username.update({ where: { key }, data })
  await prisma.profile.update({ where: { id: person.id }, data: { usernameKey: key } })
  if (before.usernameKey === null || before.usernameKey === key) {
    return { username, key, claimedAt: claimedAt.toISOString() }
  }
  const { display: previous } = await prisma.username.update({
    where: { key: before.usernameKey },
    data: { heldUntil: new Date(Date.now() + rules.holdDays * 86_400_000) },
  })
  return { username, key, claimedAt: claimedAt.toISOString(), previous }
}
