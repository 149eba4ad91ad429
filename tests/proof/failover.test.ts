import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/database/open.ts'
import { silent } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { authSecret, type SignedIn, signedInPeople } from '../support/sessions.ts'
import { openPatroni, type Patroni } from './system/patroni.ts'
import { missingPrograms } from './system/programs.ts'

const missing = missingPrograms()
if (missing !== null) process.stdout.write(`\nNo failover is tested: ${missing}\n\n`)

/** Patroni takes its `ttl` of 10 s to miss a primary, and HAProxy another second; the rest is a busy machine's. */
const mostMs = 60_000

describe.skipIf(missing !== null)('a primary and its standbys under Patroni', { timeout: 400_000 }, () => {
  let patroni: Patroni
  let dibs: ServerProcess
  let people: SignedIn[]
  beforeAll(async () => {
    patroni = await openPatroni()
    const url = patroni.urlAt(patroni.port)
    const database = await openDatabase({ url, poolSize: 2 }, silent)
    people = await signedInPeople(database.prisma, 6)
    await database.close()
    const settings = { RATE_LIMITS: 'off', LOG_LEVEL: 'error', AUTH_SECRET: authSecret }
    dibs = await startServer({ ...settings, DATABASE_URL: url })
  }, 400_000)
  afterAll(async () => {
    await dibs?.kill()
    await patroni?.remove()
  })

  /** Claims a name until it is acknowledged, always with the same key. Answers every other status. */
  async function claim({ token }: SignedIn, username: string): Promise<number[]> {
    const body = JSON.stringify({ username, idempotencyKey: randomUUID() })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const others: number[] = []
    for (;;) {
      const answer = await fetch(`${dibs.url}/trpc/profile.claimUsername`, { method: 'POST', headers, body })
      await answer.arrayBuffer()
      if (answer.status === 200) return others
      others.push(answer.status)
      await sleep(20)
    }
  }

  /** Has everybody claim one name after the other; `stop` lets them end and tells what they were answered. */
  function startClaiming(prefix: string) {
    const acknowledged: { owner: string; key: string; at: number }[] = []
    const others: number[] = []
    let isOver = false
    const claiming = people.map(async (person, who) => {
      for (let number = 0; !isOver; number++) {
        const key = `${prefix}-${who}-${number}`
        others.push(...(await claim(person, key)))
        acknowledged.push({ owner: person.id, key, at: performance.now() })
      }
    })
    return {
      acknowledged,
      async stop() {
        isOver = true
        await Promise.all(claiming)
        return others
      },
    }
  }

  test.each([
    ['killed', (some: Patroni) => some.killPrimary()],
    ['cut off', (some: Patroni) => some.partitionPrimary()],
  ])(
    'lose nothing that was acknowledged when the primary is %s, and Dibs follows',
    async (what, takeAway) => {
      const { acknowledged, stop } = startClaiming(what.replace(' ', '-'))
      await expect.poll(() => acknowledged.length, { timeout: mostMs }).toBeGreaterThan(50)

      const old = await takeAway(patroni)
      const from = performance.now()
      expect(await patroni.promoted(old)).not.toBe(old)
      const promotedAt = performance.now()
      // By the new primary: the old one can acknowledge nothing.
      await expect.poll(() => acknowledged.some(({ at }) => at > promotedAt), { timeout: mostMs }).toBe(true)
      const first = acknowledged.find(({ at }) => at > promotedAt)
      const seconds = (to: number) => ((to - from) / 1000).toFixed(1)
      process.stdout.write(
        `Primary ${what}: next one after ${seconds(promotedAt)} s, next claim after ${seconds(first?.at ?? 0)} s\n`,
      )
      const others = await stop()
      expect(others.filter((status) => status !== 503 && status !== 504)).toEqual([])

      await patroni.heal()
      const client = await patroni.connect()
      const { rows } = await client.query('SELECT key, owner_id FROM usernames WHERE key = ANY ($1)', [
        acknowledged.map(({ key }) => key),
      ])
      await client.end()
      const owners = new Map(rows.map(({ key, owner_id }) => [key, owner_id]))
      expect(acknowledged.filter(({ key, owner }) => owners.get(key) !== owner)).toEqual([])
    },
  )
})
