import {
  ChangeCause,
  type NameHistory,
  NameStatus,
  type OwnHistory,
  type WhoHeld,
} from '../../shared/history.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import type { Prisma, PrismaClient, UsernameChange } from '../database/generated/client.ts'
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
  const rows = await changes(prisma, { personId: person.id }, page)
  return {
    held: held.flatMap(({ display, heldUntil }) =>
      heldUntil ? { username: display, until: heldUntil.toISOString() } : [],
    ),
    changes: rows.map((row) => ({
      ...toChange(row),
      byOthers: row.actorId !== person.id,
      theirs: row.ownerId === person.id,
    })),
    next: nextOf(rows, page.limit),
  }
}

/** Everything that happened to a name, latest first. */
export async function nameHistory(
  prisma: Prisma.TransactionClient,
  { username, ...page }: { username: Username } & Page,
): Promise<NameHistory> {
  const rows = await changes(prisma, { key: usernameKey(username) }, page)
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
    next: nextOf(rows, page.limit),
  }
}

/** What a name was, and whose, at a time; now by default. */
export async function whoHeld(
  prisma: PrismaClient,
  { username, at: asked }: { username: Username; at: Date | undefined },
): Promise<WhoHeld> {
  const at = asked ?? (await databaseTime(prisma))
  const key = usernameKey(username)
  const [latest] = await changes(prisma, { key }, { until: at, limit: 1 })
  const row =
    latest ??
    // Whoever had it when the history began had it since they claimed it.
    (await prisma.usernameChange.findFirst({
      where: { key, cause: 'recorded', status: 'current', claimedAt: { lte: at } },
    }))
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

type Subject = { readonly key: string } | { readonly personId: string }

interface Range {
  /** The id of the change before which it begins. */
  readonly before?: string | undefined
  readonly until?: Date
  readonly limit: number
}

/** The changes of a name, or those that happened to a person, latest first. */
async function changes(
  prisma: Prisma.TransactionClient,
  of: Subject,
  range: Range,
): Promise<UsernameChange[]> {
  const { before, until, limit } = range
  const where = {
    ...(before === undefined ? {} : { id: { lt: BigInt(before) } }),
    ...(until === undefined ? {} : { changedAt: { lte: until } }),
  }
  const later = await prisma.usernameChange.findMany({
    where: { AND: [{ ...of, isFirst: false }, where] },
    orderBy: { id: 'desc' },
    take: limit,
  })
  if (later.length === limit) return later
  const id = await firstChangeOf(prisma, of)
  const first = id && (await prisma.usernameChange.findFirst({ where: { AND: [{ id }, where] } }))
  return first ? [...later, first] : later
}

/** The id of the change that was the first of both a name and a person: the indexes of changes leave it out. */
async function firstChangeOf(
  prisma: Prisma.TransactionClient,
  of: Subject,
): Promise<bigint | null | undefined> {
  const select = { firstChangeId: true }
  const subject =
    'key' in of
      ? await prisma.username.findUnique({ where: of, select })
      : await prisma.profile.findUnique({ where: { id: of.personId }, select })
  return subject?.firstChangeId
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

function nextOf(rows: readonly UsernameChange[], limit: number): string | null {
  const last = rows.at(-1)
  return last !== undefined && rows.length === limit ? String(last.id) : null
}
