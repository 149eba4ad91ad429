import * as z from 'zod'
import {
  ChangeCause,
  type NameHistory,
  NameStatus,
  type OwnHistory,
  type WhoHeld,
} from '../../shared/history.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import { Prisma, type PrismaClient, type UsernameChange } from '../database/generated/client.ts'
import { databaseTime } from '../database/time.ts'
import { personBy } from './people.ts'

interface Page {
  /** The id of the change before which the page begins; undefined for the latest. */
  readonly before: string | undefined
  readonly limit: number
}

/** A person's names: those held for them now, and what changed, latest first. */
export async function ownHistory(
  prisma: Prisma.TransactionClient,
  { person, ...page }: { person: { readonly id: string } } & Page,
): Promise<OwnHistory> {
  const held = await prisma.username.findMany({
    where: { ownerId: person.id, heldUntil: { gt: await databaseTime(prisma) } },
    orderBy: { heldUntil: 'desc' },
    select: { display: true, heldUntil: true },
  })
  const { rows, next } = await pageOf(prisma, { personId: person.id }, page)
  return {
    held: held.flatMap(({ display, heldUntil }) =>
      heldUntil ? { username: display, until: heldUntil.toISOString() } : [],
    ),
    changes: rows.map((row) => ({
      ...toChange(row),
      byOthers: row.actorId !== person.id,
      theirs: row.ownerId === person.id,
    })),
    next,
  }
}

/** Everything that happened to a name, latest first. */
export async function nameHistory(
  prisma: Prisma.TransactionClient,
  { username, ...page }: { username: Username } & Page,
): Promise<NameHistory> {
  const { rows, next } = await pageOf(prisma, { key: usernameKey(username) }, page)
  return {
    changes: rows.map((row) => ({
      ...toChange(row),
      actorId: row.actorId,
      note: row.note,
      ownerId: row.ownerId,
      personId: row.personId,
      reservedBecause: row.reservedBecause,
      reservedFor: row.reservedFor,
    })),
    next,
  }
}

/** What a name was, and whose, at a time; now by default. */
export async function whoHeld(
  prisma: PrismaClient,
  { username, at: asked }: { username: Username; at: Date | undefined },
): Promise<WhoHeld> {
  const at = asked ?? (await databaseTime(prisma))
  const key = usernameKey(username)
  const row = (await changes(prisma, { key }, { since: at, limit: 1 }))[0] ?? null
  const isFree = row === null || row.status === 'free' || (row.heldUntil !== null && row.heldUntil <= at)
  if (isFree) {
    return {
      username: row?.display ?? username,
      at: at.toISOString(),
      status: 'free',
      person: null,
      since: null,
      heldUntil: null,
      reservedBecause: null,
      reservedFor: null,
    }
  }
  return {
    username: row.display,
    at: at.toISOString(),
    status: NameStatus.parse(row.status),
    person: row.ownerId === null ? null : await personBy(prisma, row.ownerId),
    since: row.claimedAt?.toISOString() ?? null,
    heldUntil: row.heldUntil?.toISOString() ?? null,
    reservedBecause: row.reservedBecause,
    reservedFor: row.reservedFor,
  }
}

/** Whose history: a name's, or a person's. */
type Subject = { readonly key: string } | { readonly personId: string }

interface Stretch extends Partial<Page> {
  /** The latest time since which a change may hold; by default any. */
  readonly since?: Date
  readonly limit: number
}

/** A page of changes, and the id before which the next one begins; null where there are no more. */
async function pageOf(prisma: Prisma.TransactionClient, of: Subject, { before, limit }: Page) {
  const found = await changes(prisma, of, { before, limit: limit + 1 })
  const rows = found.slice(0, limit)
  return { rows, next: found.length > limit ? String(rows.at(-1)?.id) : null }
}

/** The changes of a name, or those that happened to a person, latest first. */
async function changes(
  prisma: Prisma.TransactionClient,
  of: Subject,
  stretch: Stretch,
): Promise<UsernameChange[]> {
  const found = Ids.parse(await prisma.$queryRaw(idsIn(of, stretch)))
  return prisma.usernameChange.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    orderBy: { id: 'desc' },
  })
}

const Ids = z.array(z.object({ id: z.bigint() }))

/**
 * The index leaves out a change that was the first of both a name and a person, so that it is looked for by
 * number. That the others are not first is said in so many words: with a parameter for it, a plan
 * that is kept could not use the index.
 */
function idsIn(of: Subject, { before, since, limit }: Stretch): Prisma.Sql {
  const [isOf, first] =
    'key' in of
      ? [
          Prisma.sql`c.key = ${of.key}`,
          Prisma.sql`SELECT first_change_id FROM usernames WHERE key = ${of.key}`,
        ]
      : [
          Prisma.sql`c.person_id = ${of.personId}`,
          Prisma.sql`SELECT first_change_id FROM profiles WHERE id = ${of.personId}`,
        ]
  // Whoever had a name when the history began had it since they claimed it.
  const within = Prisma.sql`
    c.id < COALESCE(${before === undefined ? null : BigInt(before)}::bigint, ${2n ** 63n - 1n}::bigint)
    AND CASE WHEN c.cause = 'recorded' AND c.status = 'current' THEN c.claimed_at ELSE c.changed_at END
      <= COALESCE(${since ?? null}::timestamptz, 'infinity')`
  return Prisma.sql`
    (SELECT c.id FROM username_changes c WHERE ${isOf} AND NOT c.is_first AND ${within} ORDER BY c.id DESC LIMIT ${limit})
    UNION ALL
    (SELECT c.id FROM username_changes c WHERE c.id = (${first}) AND ${within})
    ORDER BY id DESC LIMIT ${limit}`
}

function toChange(row: UsernameChange) {
  return {
    id: String(row.id),
    at: row.changedAt.toISOString(),
    cause: ChangeCause.parse(row.cause),
    username: row.display,
    counterpart: row.counterpart,
    status: NameStatus.parse(row.status),
    heldUntil: row.heldUntil?.toISOString() ?? null,
  }
}
