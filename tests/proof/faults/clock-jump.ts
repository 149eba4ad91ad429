import { oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { holding } from './holding.ts'
import { rightAgain } from './right-again.ts'

/** Keys are remembered for a day, renames for 30, and names held for 90. */
const jumps = [1, 29, 31, 61, 89, 91]

/** In the order in which a claim gets to them, whom nobody then undoes for it. */
const tables = ['profiles', 'idempotency_keys', 'usernames', 'username_changes']

export const clockJump: Fault = {
  name: 'clock-jump',
  what: 'days that pass at one moment, so that holds, limits and idempotency keys expire',
  databases: ['postgres', 'patroni'],
  async inject(system, random, moveClock) {
    const days = oneOf(jumps, random)
    await moveClock(days, () =>
      holding(system, async ({ query }) => {
        await query("SET LOCAL deadlock_timeout TO '1min'")
        // History that is only added to is moved by whoever may do without its trigger.
        await query('SET LOCAL session_replication_role TO replica')
        await query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`)
        for (const statement of older(days)) await query(statement)
      }),
    )
    await rightAgain(system)
    return `${days} days passed`
  },
}

/** Makes everything that ends some time so much older, which is the same as a later clock. */
function older(days: number): string[] {
  const by = `make_interval(days => ${days})`
  return [
    `UPDATE username_changes c SET held_until = c.held_until - ${by}
     FROM usernames u WHERE u.key = c.key AND u.held_until = c.held_until`,
    `UPDATE usernames SET held_until = held_until - ${by} WHERE held_until IS NOT NULL`,
    `UPDATE profiles SET renamed_at = ARRAY(SELECT t - ${by} FROM unnest(renamed_at) AS t)
     WHERE renamed_at IS NOT NULL`,
    `UPDATE idempotency_keys SET created_at = created_at - ${by}`,
  ]
}
