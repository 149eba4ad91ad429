import * as z from 'zod'
import { confusablesVersion, type Skeleton, skeleton } from '../../shared/confusables.ts'
import { Username } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import type { Query } from '../database/query.ts'
import { databaseTime } from '../database/time.ts'
import { transact } from '../database/transact.ts'

/** How many names are read at a time. */
const pageSize = 1000

/** Two names of different owners that look alike; only `resembles` keeps its look to itself. */
export interface LookAlike {
  readonly username: string
  readonly resembles: string
}

export interface Recomputed {
  /** The version of the table of confusables that skeletons are now of. */
  readonly version: string
  /** How many names had no skeleton of that version. */
  readonly recomputed: number
  readonly lookAlikes: readonly LookAlike[]
}

interface Options {
  /** Finds out what would happen, and changes nothing. Keeps every skeleton in memory. */
  readonly dryRun?: boolean
  /** Another version than this build's, for tests. */
  readonly version?: string
  /** Told after every page how much of the work is done, from 0 to 1. */
  onProgress?(done: number): void
}

/** Whether any name has no skeleton, or one of another version than this build's. */
export async function hasOldSkeletons(query: Query, version = confusablesVersion): Promise<boolean> {
  const rows = await query`
    SELECT EXISTS (
      SELECT FROM usernames
      WHERE skeleton_version IS NULL OR skeleton_version < ${version} OR skeleton_version > ${version}
    ) AS found`
  const [{ found }] = z.tuple([z.object({ found: z.boolean() })]).parse(rows)
  return found
}

/**
 * Makes the skeletons again of all names that have none of this version. Of two that look
 * alike a current name keeps it before a reserved one and that before a held one, then the
 * first by key; those without it are asked again each time.
 *
 * Each name is a transaction of its own, so that people can go on claiming, and what was done
 * stays done when it is interrupted.
 */
export async function recomputeSkeletons(
  prisma: PrismaClient,
  { dryRun = false, version = confusablesVersion, onProgress }: Options = {},
): Promise<Recomputed> {
  const total = await prisma.username.count()
  const apply = dryRun ? await pretence(prisma, version) : reality(prisma, version)
  const lookAlikes: LookAlike[] = []
  let recomputed = 0
  let seen = 0
  for (const kind of ['current', 'reserved', 'held'] as const) {
    for await (const page of pagesOf(prisma)) {
      const due = page.filter((name) => kindOf(name) === kind && isDue(name, version))
      recomputed += due.filter((name) => name.skeletonVersion !== version).length
      lookAlikes.push(...(await apply(due)))
      seen += page.length
      onProgress?.(Math.min(1, seen / (3 * total)))
    }
  }
  if (recomputed > 0 && !dryRun) await forgetOldVersions(prisma)
  return { version, recomputed, lookAlikes }
}

type Name = Awaited<ReturnType<typeof page>>[number]

async function* pagesOf(prisma: PrismaClient): AsyncIterable<Name[]> {
  let after = ''
  for (;;) {
    const names = await page(prisma, after)
    if (names.length > 0) yield names
    const last = names.at(-1)
    if (last === undefined || names.length < pageSize) return
    after = last.key
  }
}

function page(prisma: PrismaClient, after: string) {
  return prisma.username.findMany({
    where: { key: { gt: after } },
    orderBy: { key: 'asc' },
    take: pageSize,
    select: {
      key: true,
      display: true,
      ownerId: true,
      heldUntil: true,
      reservedBecause: true,
      skeleton: true,
      skeletonVersion: true,
    },
  })
}

/** A free name counts as held: it is nobody's, and comes last. */
function kindOf({ ownerId, heldUntil, reservedBecause }: Name): 'current' | 'reserved' | 'held' {
  if (reservedBecause !== null) return 'reserved'
  return ownerId !== null && heldUntil === null ? 'current' : 'held'
}

function isDue({ skeleton, skeletonVersion, ownerId, reservedBecause }: Name, version: string): boolean {
  if (skeletonVersion !== version) return true
  return skeleton === null && (ownerId !== null || reservedBecause !== null)
}

/** Does what is due with some names; answers those that now look like another's. */
type Apply = (names: readonly Name[]) => Promise<LookAlike[]>

function reality(prisma: PrismaClient, version: string): Apply {
  return async (names) => {
    const kept = await confirm(prisma, names, version)
    const found: LookAlike[] = []
    for (const { key, display } of names.filter((name) => !kept.has(name.key))) {
      const rows = await transact(
        () =>
          prisma.$queryRaw`SELECT set_skeleton(${key}, ${display}, ${madeOf(display)}, ${version}) AS keeper`,
      )
      const [{ keeper }] = z.tuple([z.object({ keeper: z.string().nullable() })]).parse(rows)
      if (keeper !== null) found.push({ username: display, resembles: keeper })
    }
    return found
  }
}

/**
 * Notes, all at once, that skeletons are of this version too, as nearly all are when it moves.
 * Names that somebody is changing are left out, so that nobody waits. Answers the keys.
 */
async function confirm(
  prisma: PrismaClient,
  names: readonly Name[],
  version: string,
): Promise<ReadonlySet<string>> {
  const same = names.filter((name) => name.skeleton === madeOf(name.display))
  if (same.length === 0) return new Set()
  const keys = same.map(({ key }) => key)
  const displays = same.map(({ display }) => display)
  const skeletons = same.map(({ skeleton }) => skeleton)
  const rows = await prisma.$queryRaw`
    UPDATE usernames u SET skeleton_version = ${version}
    WHERE u.key = ANY (ARRAY(
      SELECT o.key
      FROM usernames o
      JOIN unnest(${keys}::text[], ${displays}::text[], ${skeletons}::text[]) AS s(key, display, skeleton)
        ON o.key = s.key AND o.display = s.display AND o.skeleton = s.skeleton
      FOR NO KEY UPDATE OF o SKIP LOCKED
    ))
    RETURNING u.key`
  return new Set(
    z
      .array(z.object({ key: z.string() }))
      .parse(rows)
      .map(({ key }) => key),
  )
}

/**
 * Makes the index of versions anew, of which PostgreSQL keeps the least and the most of each range of the
 * table, and widens them only: while it spans the versions that are gone, `hasOldSkeletons` reads all names.
 * Claims go on meanwhile.
 */
async function forgetOldVersions(prisma: PrismaClient): Promise<void> {
  await prisma.$queryRaw`
    SELECT count(brin_desummarize_range('usernames_skeleton_version_idx', block)::text)::int
    FROM generate_series(0, pg_relation_size('usernames') / current_setting('block_size')::int) AS block`
  await prisma.$queryRaw`SELECT brin_summarize_new_values('usernames_skeleton_version_idx')`
}

/**
 * What `set_skeleton` would do, as far as the names stay what they are meanwhile: but for one whose hold is
 * over, which may keep a skeleton for another of its last owner's, and is then told of in place of that.
 */
async function pretence(prisma: PrismaClient, version: string): Promise<Apply> {
  const now = await databaseTime(prisma)
  const keepers = new Map<Skeleton | null, Name>()
  const isNeeded = ({ ownerId, heldUntil, reservedBecause }: Name) =>
    reservedBecause !== null || (ownerId !== null && (heldUntil === null || heldUntil > now))
  for await (const names of pagesOf(prisma)) {
    for (const name of names.filter((one) => !isDue(one, version) && isNeeded(one))) {
      keepers.set(name.skeleton as Skeleton | null, name)
    }
  }
  return async (names) =>
    names.filter(isNeeded).flatMap((name) => {
      const keeper = keepers.get(madeOf(name.display))
      if (keeper === undefined) keepers.set(madeOf(name.display), name)
      if (keeper === undefined || keeper.ownerId === name.ownerId) return []
      return [{ username: name.display, resembles: keeper.display }]
    })
}

function madeOf(display: string): Skeleton {
  return skeleton(Username.parse(display))
}
