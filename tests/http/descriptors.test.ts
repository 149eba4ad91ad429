import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, get, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Observer, observe } from '../database/backends.ts'
import { newPlace, type Place, urlOf, withPostgres } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'

const run = promisify(execFile)

/** Linux tells which files a process has open, and lets others limit how many these may be. */
describe.runIf(withPostgres && process.platform === 'linux')('a server that may open nothing more', () => {
  let place: Place
  let server: ServerProcess
  let other: Observer
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  beforeAll(async () => {
    place = await newPlace('postgresql', { migrated: true })
    other = await observe(urlOf(place.location))
    server = await startServer({ ...settingsOf(place), AUTH_SECRET: authSecret })
    expect((await ask('/favicon.svg')).status).toBe(200)
    expect((await ask(check)).status).toBe(200)
    await other.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    while (!server.output().includes('idle database connection lost')) {
      await once(server.child.stdout ?? server.child, 'data')
    }
    await limitTo(await lowestFree())
  })
  afterAll(async () => {
    agent.destroy()
    await server?.kill()
    await other?.close()
    await place?.remove()
  })

  const check = '/trpc/profile.checkUsername?input=%7B%22username%22%3A%22neo%22%7D'

  /** Asks over the one connection that is open. */
  async function ask(path: string) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(new URL(path, server.url), { agent }, resolve).once('error', reject)
    })
    const { statusCode: status, headers } = answer
    if (headers['content-type']?.startsWith('application/json'))
      return { status, headers, body: await json(answer) }
    answer.resume()
    return { status, headers, body: undefined }
  }

  /** The number that it would give to what it opens next. */
  async function lowestFree(): Promise<number> {
    const taken = new Set(await readdir(`/proc/${server.child.pid}/fd`))
    let number = 0
    while (taken.has(String(number))) number += 1
    return number
  }

  /** All that is opened from now on has to get a lower number. */
  async function limitTo(number: number): Promise<void> {
    await run('prlimit', ['--pid', String(server.child.pid), `--nofile=${number}:`])
  }

  test('answers that a file of the web app is a defect, in the shape of every failure, for nobody to keep', async () => {
    const { status, headers, body } = await ask('/favicon.svg')
    expect(status).toBe(500)
    expect(body).toMatchObject({
      error: { data: { kind: 'UNEXPECTED', requestId: headers['x-request-id'] } },
    })
    expect(headers).not.toHaveProperty('etag')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('has no connection to the database, and says so', async () => {
    expect(await ask(check)).toMatchObject({
      status: 503,
      body: { error: { data: { kind: 'UNAVAILABLE' } } },
    })
  })
})
