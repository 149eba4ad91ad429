import {
  ChangeCause,
  type NameHistory,
  NameStatus,
  type OwnHistory,
  type WhoHeld,
} from '../../shared/history.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import type { PrismaClient, UsernameChange } from '../database/generated/client.ts'
import { databaseTime } from '../database/time.ts'
import { personBy } from './people.ts'

interface Page {
  /** The id of the change before which the page begins; undefined for the latest. */
  readonly before: string | undefined
  readonly limit: number
}

/** A person's names: those held for them now, and what changed, latest first. */
export async function ownHistory(
  prisma: PrismaClient,
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
  prisma: PrismaClient,
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
  const row =
    (await prisma.usernameChange.findFirst({
      where: { key, changedAt: { lte: at } },
      orderBy: { id: 'desc' },
    })) ??
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

function changes(
  prisma: PrismaClient,
  of: { readonly key: string } | { readonly personId: string },
  { before, limit }: Page,
): Promise<UsernameChange[]> {
  return prisma.usernameChange.findMany({
    where: { ...of, ...(before === undefined ? {} : { id: { lt: BigInt(before) } }) },
    orderBy: { id: 'desc' },
    take: limit,
  })
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
