import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { holding, lockTable } from './holding.ts'
import { rightAgain } from './right-again.ts'

/** How long is waited until somebody claims. */
const patienceMs = 3000

export const deadlock: Fault = {
  name: 'deadlock',
  what: 'locks taken in the opposite order of a claim, so that the database undoes claims (SQLSTATE 40P01)',
  databases: ['postgres', 'patroni'],
  async inject(system) {
    const deadlocks = await holding(system, async ({ query, waiting }) => {
      // Whoever waits for a second looks for a deadlock first: Dibs then, and so it is undone.
      await query("SET LOCAL deadlock_timeout TO '1min'")
      const before = await query(counted)
      await query(lockTable('usernames'))
      for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(5)) {
        if ((await waiting()) > 0) break
      }
      await query(lockTable('profiles'))
      await query('SELECT pg_stat_clear_snapshot()')
      return (await query(counted)).rows[0].deadlocks - before.rows[0].deadlocks
    })
    await rightAgain(system)
    return `names and profiles locked the other way round: ${deadlocks} deadlocks`
  },
}

const counted = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()'
