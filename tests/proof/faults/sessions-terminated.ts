import { between } from './choose.ts'
import { sessionsOfDibs } from './dibs-sessions.ts'
import type { Fault } from './fault.ts'
import { postgresOf, rightAgain } from './right-again.ts'

export const sessionsTerminated: Fault = {
  name: 'sessions-terminated',
  what: 'sessions that an administrator of the database ends (pg_terminate_backend)',
  databases: ['postgres', 'patroni'],
  async inject(system, random) {
    const client = await postgresOf(system).connect()
    try {
      let ended = 0
      const times = between(1, 5, random)
      for (let at = 0; at < times; at++) {
        const sessions = (await sessionsOfDibs(client)).filter(() => random() < 0.7)
        await client.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [sessions])
        ended += sessions.length
      }
      await rightAgain(system)
      return `${ended} sessions ended`
    } finally {
      await client.end()
    }
  },
}
