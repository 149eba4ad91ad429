import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../server/config.ts'
import { newPlace, urlOf, withPostgres } from '../support/database.ts'
import { freePort, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { runMain } from './run.ts'

const url = 'postgresql://dibs:hidden@127.0.0.1/dibs'
const read = (DATABASE_URL: string) => readSettings({ DATABASE_URL, AUTH_SECRET: authSecret })
const refused = (message: string) =>
  expect.objectContaining({ name: 'SettingsError', message: `DATABASE_URL ${message}` })

describe('a DATABASE_URL', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dibs-url-'))
    await writeFile(join(dir, 'no.pem'), 'hidden')
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  test.each([
    'port=6432',
    'port=',
    'host=/var/run/postgresql',
    'user=&password=other',
    'ssl=1',
    'sslmode=disable',
    'sslmode=verify-full&sslnegotiation=direct',
    'uselibpqcompat=true&sslmode=require',
    'statement_timeout=0&query_timeout=1000',
    'options=-c%20geqo%3Doff',
    'application_name=names',
  ])('with ?%s is taken', (parameters) => {
    const withThem = `${url}?${parameters}`
    expect(read(withThem).database).toEqual({ url: withThem, poolSize: 10 })
  })

  test.each(['prefer', 'require', 'verify-ca'])(
    'with ?sslmode=%s is taken for what that is to pg: verify-full',
    (mode) => {
      const addressed = url.replace('hidden', `&sslmode=${mode}`)
      const withMode = (mode: string) => `${addressed}?application_name=names&sslmode=${mode}`
      expect(read(withMode(mode)).database).toEqual({ url: withMode('verify-full'), poolSize: 10 })
    },
  )

  test('is taken without the blanks around it', () => {
    expect(read(` ${url}\n`).database).toEqual({ url, poolSize: 10 })
  })

  const port = 'has ?port=…, which must be a whole number from 1 to 65535'
  const mode = 'has ?sslmode=…, which must be disable, prefer, require, verify-ca, verify-full or no-verify'
  const timeout = 'which must be a whole number from 0 to 2147483647'
  test.each([
    ['port=abc', port],
    ['port=0', port],
    ['port=65536', port],
    ['sslmode=nonsense', mode],
    ['sslmode=disabled', mode],
    ['ssl=false', 'has ?ssl=…, which must be true, 1, 0 or no-verify'],
    ['sslnegotiation=late', 'has ?sslnegotiation=…, which must be postgres or direct'],
    ['sslnegotiation=direct&sslmode=disable', 'must set sslmode=require for sslnegotiation=direct'],
    [
      'uselibpqcompat=true&sslmode=verify-ca',
      'has ?sslmode=…, which must be verify-full, or come with sslrootcert',
    ],
    ['statement_timeout=x', `has ?statement_timeout=…, ${timeout}`],
    ['lock_timeout=5s', `has ?lock_timeout=…, ${timeout}`],
    ['idle_in_transaction_session_timeout=-1', `has ?idle_in_transaction_session_timeout=…, ${timeout}`],
    ['query_timeout=0', 'has ?query_timeout=…, which must be a whole number from 1 to 2147483647'],
  ])('with ?%s is refused in one line that says what to do', (parameters, line) => {
    expect(() => read(`${url}?${parameters}`)).toThrow(refused(line))
  })

  test.each(['sslrootcert', 'sslcert', 'sslkey'])('names a file in ?%s that can be read', (name) => {
    const told = (code: string) => refused(`has ?${name}=…, which must be a file that can be read (${code})`)
    expect(() => read(`${url}?${name}=${dir}/nope`)).toThrow(told('ENOENT'))
    expect(() => read(`${url}?${name}=${dir}`)).toThrow(told('EISDIR'))
  })

  test.each(['sslcert', 'sslkey'])('names a PEM file in ?%s', (name) => {
    expect(() => read(`${url}?${name}=${dir}/no.pem`)).toThrow(
      /^DATABASE_URL must name the PEM files of one certificate as sslcert and sslkey, .* \(ERR_OSSL_\w+\)$/,
    )
  })

  test.each([
    'postgresql://dibs@127.0.0.1/%E0%A4%A',
    'postgresql://dibs:hidden%E0%A4@127.0.0.1/dibs',
    'postgresql://dibs:hid den@[::1]/dibs',
  ])('%j is refused, since pg cannot decode it', (undecodable) => {
    const line = 'must be percent-encoded, in UTF-8: write % as %25, and a blank as %20'
    expect(() => read(undecodable)).toThrow(refused(line))
  })

  test('has two slashes, without which pg takes another database', () => {
    expect(() => read('postgresql:dibs')).toThrow(refused('must be a postgresql://… URL'))
  })
})

describe('a start', () => {
  const start = async (DATABASE_URL: string, more = {}) => {
    const settings = { PORT: '0', DATABASE_URL, AUTH_SECRET: authSecret, ...more }
    const { stderr, code } = await runMain({ settings })
    expect(code).toBe(1)
    return stderr
  }

  test.each([
    ['?port=abc', 'has ?port=…, which must be a whole number from 1 to 65535'],
    ['?sslrootcert=/nope', 'has ?sslrootcert=…, which must be a file that can be read (ENOENT)'],
    ['%E0%A4%A', 'must be percent-encoded, in UTF-8: write % as %25, and a blank as %20'],
  ])('with a DATABASE_URL that ends with %s ends with a line', async (end, line) => {
    expect(await start(`${url}${end}`)).toBe(`\nDibs cannot start. Wrong settings:\n  DATABASE_URL ${line}\n`)
  })

  test('with a PGPORT that is none ends with a sentence', async () => {
    expect(await start(url, { PGPORT: 'abc' })).toBe(
      '\nDibs cannot start. PGPORT is no port. Correct it, or name the port in DATABASE_URL.\n',
    )
  })

  test('without its PostgreSQL tells what the network says', async () => {
    const closed = `127.0.0.1:${await freePort()}`
    expect(await start(`${url.replace('127.0.0.1', closed)}?sslmode=require`)).toBe(
      `\nDibs cannot start. PostgreSQL at ${closed}, database "dibs", does not let us in: connect ECONNREFUSED ${closed}. Start it, or correct DATABASE_URL.\n`,
    )
  })

  test.skipIf(!withPostgres)('says where its PostgreSQL is, wherever the URL says that', async () => {
    const place = await newPlace('postgresql', { migrated: true })
    const { hostname, port, username, password, pathname } = new URL(urlOf(place.location))
    const parameters = new URLSearchParams({ host: hostname, port: port || '5432', user: username, password })
    const server = await startServer({
      DATABASE_URL: `postgresql://${pathname}?${parameters}`,
      AUTH_SECRET: authSecret,
      LOG_LEVEL: 'silent',
    })
    expect(server.output()).toContain(
      `Database: PostgreSQL at ${hostname}:${port || '5432'}, database "${pathname.slice(1)}"\n`,
    )
    await server.stop()
    await place.remove()
  })
})
