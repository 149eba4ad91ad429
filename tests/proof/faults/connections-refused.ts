import { setTimeout as sleep } from 'node:timers/promises'
import { between } from './choose.ts'
import { sessionsOfDibs } from './dibs-sessions.ts'
import type { Fault } from './fault.ts'
import { postgresOf, rightAgain } from './right-again.ts'

export const connectionsRefused: Fault = {
  name: 'connections-refused',
  what: 'a database that has no place for another connection (SQLSTATE 53300), after all were ended',
  databases: ['postgres', 'patroni'],
  async inject(system, random, _moveClock, enough) {
    const client = await postgresOf(system).connect()
    const forMs = between(100, 2500, random)
    try {
      await limit('0')
      await client.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [
        await sessionsOfDibs(client),
      ])
      await Promise.all([sleep(forMs), enough?.()])
    } finally {
      await limit('-1').finally(() => client.end())
    }
    await rightAgain(system)
    return `no connection to the database for ${forMs} ms`

    async function limit(most: '0' | '-1'): Promise<void> {
      const { rows } = await client.query('SELECT quote_ident(current_database()) AS name')
      await client.query(`ALTER DATABASE ${rows[0].name} CONNECTION LIMIT ${most}`)
    }
  },
}
