import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, query } from './app.ts'

describe('the log', () => {
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  const lines: { msg: string; req?: { url: string }; reqId?: string }[] = []
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    app = await appOn(database, { log: pino({}, { write: (line) => void lines.push(JSON.parse(line)) }) })
    url = await app.listen({ host: '127.0.0.1', port: 0 })
  })
  beforeEach(() => {
    lines.length = 0
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const requests = () => lines.filter(({ reqId }) => reqId !== undefined)

  test('has one line for a request that is answered', async () => {
    await fetch(`${url}${query('profile.checkUsername', { username: 'neo' })}`)
    await expect.poll(requests).toMatchObject([{ msg: 'request completed' }])
  })

  test('has one line for a stream that whoever asked for it leaves', async () => {
    const leave = new AbortController()
    const path = query('profile.watchUsername', { username: 'neo' })
    const answer = await fetch(`${url}${path}`, { signal: leave.signal })
    expect(answer.status).toBe(200)
    leave.abort()
    await expect.poll(requests).toMatchObject([{ msg: 'request aborted', req: { url: path } }])
  })

  test('has one line for a request that nobody waits for', async () => {
    const leave = new AbortController()
    const { query: ask } = database
    const asked = new Promise<void>((resolve) => {
      Object.assign(database, { query: () => new Promise(() => resolve()) })
    })
    try {
      const path = query('profile.checkUsername', { username: 'trinity' })
      const answer = fetch(`${url}${path}`, { signal: leave.signal }).catch(() => 'left')
      await asked
      leave.abort()
      expect(await answer).toBe('left')
      await expect.poll(requests).toMatchObject([{ msg: 'request aborted', req: { url: path } }])
    } finally {
      Object.assign(database, { query: ask })
    }
  })
})
