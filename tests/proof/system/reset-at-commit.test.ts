import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openProxy } from './open-proxy.ts'
import { openPostgres, type ThrowawayPostgres } from './postgres.ts'

let server: ThrowawayPostgres
let proxy: Awaited<ReturnType<typeof openProxy>>
let watch: pg.Client
let client: pg.Client

beforeAll(async () => {
  server = await openPostgres()
  watch = await server.connect()
  await watch.query(`
    CREATE TABLE names (name text PRIMARY KEY);
    GRANT ALL ON names TO dibs;
    CREATE FUNCTION claim_username(name text) RETURNS text LANGUAGE sql AS
      'INSERT INTO names VALUES (name) RETURNING name'`)
})
afterAll(async () => {
  await watch?.end()
  await server?.remove()
})
beforeEach(async () => {
  await watch.query('TRUNCATE names')
  proxy = await openProxy({ host: '127.0.0.1', port: server.port })
  client = await connect()
})
afterEach(async () => {
  await client.end().catch(() => {})
  await proxy.close()
})

async function connect(): Promise<pg.Client> {
  const one = new pg.Client({ connectionString: server.urlAt(proxy.port) })
  one.on('error', () => {})
  await one.connect()
  return one
}

async function names(): Promise<string[]> {
  return (await watch.query('SELECT name FROM names ORDER BY name')).rows.map(({ name }) => name)
}

const claim = 'SELECT claim_username($1)'
const ways: Record<string, (name: string) => Promise<unknown>> = {
  'a statement': (name) => client.query(claim, [name]),
  'a prepared statement': (name) => client.query({ name: 'claim', text: claim, values: [name] }),
  'SQL without parameters': (name) => client.query(`INSERT INTO names VALUES ('${name}')`),
  async 'a transaction'(name) {
    await client.query('BEGIN')
    await client.query(claim, [name])
    await client.query('COMMIT')
  },
  async 'a transaction of prepared statements'(name) {
    await client.query({ text: 'BEGIN', values: [], rowMode: 'array' })
    await client.query({ name: 'claim', text: claim, values: [name] })
    await client.query({ name: 'commit', text: 'COMMIT', values: [] })
  },
}

describe.each(Object.entries(ways))('%s', (_, run) => {
  test('reset before it commits, did nothing', async () => {
    await run('earlier')
    const reset = proxy.resetAtCommit('before')
    await expect(run('lost')).rejects.toThrow()
    await reset
    expect(await names()).toEqual(['earlier'])
  })

  test('reset after it committed, is done and not answered', async () => {
    await run('earlier')
    const reset = proxy.resetAtCommit('after')
    await expect(run('kept')).rejects.toThrow()
    await reset
    expect(await names()).toEqual(['earlier', 'kept'])
  })

  test('passes when nothing is to be reset', async () => {
    await run('kept')
    expect(await names()).toEqual(['kept'])
  })
})

test('what only reads passes, and so does what fails; the next commit does not', async () => {
  await client.query(claim, ['taken'])
  let done = false
  const reset = proxy.resetAtCommit('after').then(() => {
    done = true
  })
  await client.query('SELECT 1')
  await client.query('SELECT $1::text', ['claim'])
  await client.query('BEGIN')
  await client.query(claim, ['undone'])
  await client.query('ROLLBACK')
  await expect(client.query(claim, ['taken'])).rejects.toMatchObject({ code: '23505' })
  expect(done).toBe(false)
  await expect(client.query(claim, ['kept'])).rejects.toThrow()
  await reset
  expect(await names()).toEqual(['kept', 'taken'])
})

test('resets the connection that commits and leaves the others', async () => {
  const other = await connect()
  const reset = proxy.resetAtCommit('before')
  await expect(client.query(claim, ['lost'])).rejects.toThrow()
  await reset
  await other.query(claim, ['kept'])
  await other.end()
  expect(await names()).toEqual(['kept'])
})

test('reads messages however they are cut into packets', async () => {
  proxy.slow({ delayMs: 0, bytesPerSecond: 2_000 })
  await client.query(claim, ['earlier'])
  const reset = proxy.resetAtCommit('after')
  await expect(client.query(claim, ['kept'])).rejects.toThrow()
  await reset
  expect(await names()).toEqual(['earlier', 'kept'])
})

test('a PostgreSQL that was killed at once recovers what it committed', async () => {
  await client.query(claim, ['kept'])
  const open = client.query('BEGIN; SELECT claim_username($$undone$$); SELECT pg_sleep(60)')
  const [end] = await Promise.all([Promise.allSettled([open]), server.kill()])
  expect(end[0].status).toBe('rejected')
  await expect(server.connect()).rejects.toThrow()
  await server.start()
  watch = await server.connect()
  expect(await names()).toEqual(['kept'])
})
