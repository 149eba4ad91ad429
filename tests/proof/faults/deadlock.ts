import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { type Holding, holding, lockTable } from './holding.ts'
import { postgresOf, rightAgain } from './right-again.ts'

/** How long is waited until somebody claims. */
const patienceMs = 3000
/** Who waited for so long goes on waiting: several claims together give up sooner. */
const settledMs = 100
/** Who waited for longer may look for a deadlock, as is done once after a second, before there is one. */
const lookingMs = 700
/** A session adds to what is counted when it is idle, and at most once a second; it may wait for ten. */
const countedWithinMs = 12_000

export const deadlock: Fault = {
  name: 'deadlock',
  what: 'locks taken in the opposite order of a claim, so that the database undoes claims (SQLSTATE 40P01)',
  databases: ['postgres', 'patroni'],
  async inject(system) {
    const watch = await postgresOf(system).connect()
    try {
      const counted = async (): Promise<number> => (await watch.query(count)).rows[0].deadlocks
      const before = await counted()
      const met = await holding(system, crossTheClaims)
      await rightAgain(system)
      if (!met) return 'names locked, and nobody waited for them: 0 deadlocks'
      let deadlocks = 0
      for (const until = performance.now() + countedWithinMs; performance.now() < until; await sleep(100)) {
        deadlocks = (await counted()) - before
        if (deadlocks > 0) break
      }
      return `names and profiles locked the other way round: ${deadlocks} deadlocks`
    } finally {
      await watch.end()
    }
  },
}

/** Locks what a claim locks last, then, when one waits for that, what it locked first; false if none came. */
async function crossTheClaims({ query, waits }: Holding): Promise<boolean> {
  // Whoever waits for a second looks for a deadlock first: Dibs then, and so it is undone.
  await query("SET LOCAL deadlock_timeout TO '1min'")
  await query(lockTable('usernames'))
  for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(5)) {
    if (!(await waits()).some((ms) => ms > settledMs && ms < lookingMs)) continue
    await query(lockTable('profiles'))
    return true
  }
  return false
}

const count = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()'
