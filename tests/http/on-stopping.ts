import { once } from 'node:events'
import { Agent } from 'node:http'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { newPlace, type Place } from '../support/database.ts'
import { type Lock, lock } from '../support/locks.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'

/** A server process on a PostgreSQL of its own, which each test of a suite starts and has stop. */
export function onStopping() {
  let place: Place
  let names: Lock | undefined
  let server: ServerProcess
  const agents: Agent[] = []
  beforeAll(async () => {
    place = await newPlace('postgresql', { migrated: true })
  })
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy()
    await names?.release()
    await server?.kill()
  })
  afterAll(async () => {
    await place?.remove()
  })

  const start = async (settings: Record<string, string> = {}) => {
    server = await startServer({
      ...settingsOf(place),
      AUTH_SECRET: authSecret,
      RATE_LIMITS: 'off',
      ...settings,
    })
    return server
  }
  const ended = () => once(server.child, 'exit').then(([code]) => code as number | null)
  const until = async (line: string) => {
    while (!server.output().includes(line)) await once(server.child.stdout ?? server.child, 'data')
  }
  const keptAlive = () => {
    const agent = new Agent({ keepAlive: true })
    agents.push(agent)
    return agent
  }

  async function signUp(): Promise<string> {
    const answer = await fetch(`${server.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: `${crypto.randomUUID()}@people.example`,
        password: 'correct horse',
        name: 'P',
      }),
    })
    return `Bearer ${answer.headers.get('set-auth-token')}`
  }

  /** Lets reads through, and no claims. */
  async function lockNames(): Promise<Lock> {
    names = await lock(place, 'LOCK TABLE usernames IN SHARE ROW EXCLUSIVE MODE')
    return names
  }

  return {
    get server() {
      return server
    },
    start,
    ended,
    until,
    keptAlive,
    signUp,
    lockNames,
  }
}
