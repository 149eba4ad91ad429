import * as z from 'zod'
import type { PrismaClient } from '../../../server/database/generated/client.ts'

/** What some claims cost, each. */
export interface Cost {
  readonly perSecond: number
  /** Transaction ids taken. */
  readonly xids: number
  /** Bytes of write-ahead log. */
  readonly walBytes: number
  /** Claims that ended in a unique violation nobody expected: a 500 each. */
  readonly errors: number
}

const Counters = z.tuple([z.object({ xid: z.bigint(), wal: z.bigint() })])

/** Neither of the two takes a transaction id to be read. */
async function countersOf(prisma: PrismaClient) {
  const rows = await prisma.$queryRaw`
    SELECT txid_snapshot_xmax(txid_current_snapshot()) AS xid,
           (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS wal`
  return Counters.parse(rows)[0]
}

/** Runs claims and answers what one of them cost. Nothing else may use the server meanwhile. */
export async function costOf(
  prisma: PrismaClient,
  claims: () => Promise<readonly ('won' | 'lost' | 'error')[]>,
): Promise<Cost> {
  const before = await countersOf(prisma)
  const started = performance.now()
  const ends = await claims()
  const seconds = (performance.now() - started) / 1000
  const after = await countersOf(prisma)
  const each = (all: number) => all / ends.length
  return {
    perSecond: ends.length / seconds,
    xids: each(Number(after.xid - before.xid)),
    walBytes: each(Number(after.wal - before.wal)),
    errors: ends.filter((end) => end === 'error').length,
  }
}

/** The middle one of each figure. */
export function medianOf(costs: readonly Cost[]): Cost {
  const middle = (figure: keyof Cost) => {
    const sorted = costs.map((cost) => cost[figure]).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  }
  return {
    perSecond: middle('perSecond'),
    xids: middle('xids'),
    walBytes: middle('walBytes'),
    errors: middle('errors'),
  }
}
