import type { Fault } from './fault.ts'
import { postgresOf, rightAgain } from './right-again.ts'

export const primaryCrashed: Fault = {
  name: 'primary-crashed',
  what: "kill -9 of the primary's PostgreSQL alone, which Patroni starts again in its place or replaces",
  databases: ['patroni'],
  async inject(system) {
    const postgres = postgresOf(system)
    await postgres.kill()
    await postgres.start()
    await rightAgain(system)
    return 'PostgreSQL of the primary killed'
  },
}
