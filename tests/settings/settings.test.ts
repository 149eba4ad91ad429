import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../server/config.ts'
import { root } from '../../server/root.ts'
import { usualRules } from '../support/rules.ts'

const secret = 'x'.repeat(32)
const url = 'postgresql://dibs:hidden@db.example/dibs'

describe('settings', () => {
  test('are not needed', () => {
    expect(readSettings({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      database: { dataDir: '.data' },
      dataDir: '.data',
      publicUrl: 'http://localhost:3000',
      authSecret: undefined,
      jwks: undefined,
      corsOrigins: [],
      rateLimits: true,
      logLevel: 'info',
      nameRules: usualRules,
      trustProxy: false,
      shutdownMs: 15_000,
    })
  })

  test.each([
    [{ PORT: '8080' }, { port: 8080, publicUrl: 'http://localhost:8080' }],
    [{ PORT: '8080', PUBLIC_URL: 'https://dibs.example' }, { publicUrl: 'https://dibs.example' }],
    [{ PUBLIC_URL: 'https://Dibs.example:443/' }, { publicUrl: 'https://dibs.example' }],
    [
      { PORT: '', HOST: ' ', PUBLIC_URL: '' },
      { port: 3000, host: '127.0.0.1' },
    ],
    [{ HOST: 'localhost' }, { host: '127.0.0.1' }],
    [
      { DATABASE_URL: url, AUTH_SECRET: secret },
      { database: { url, poolSize: 10 }, authSecret: secret },
    ],
    [
      { DATABASE_URL: url.replace('ql', ''), AUTH_SECRET: secret, POOL_SIZE: '1' },
      { database: { url: url.replace('ql', ''), poolSize: 1 } },
    ],
    [
      { CORS_ORIGINS: ' https://a.example/ , http://localhost:5173,' },
      { corsOrigins: ['https://a.example', 'http://localhost:5173'] },
    ],
    ...['p,w', 'p@s,s'].map((password): [Record<string, string>, object] => {
      const withCommas = url.replace('hidden', password)
      return [
        { DATABASE_URL: withCommas, AUTH_SECRET: secret },
        { database: { url: withCommas, poolSize: 10 } },
      ]
    }),
    [{ RATE_LIMITS: 'off' }, { rateLimits: false }],
    [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ TRUST_PROXY: '1' }, { trustProxy: 1 }],
    [
      { TRUST_PROXY: 'loopback, 10.0.0.0/8, ::1, fd00::/8' },
      { trustProxy: 'loopback, 10.0.0.0/8, ::1, fd00::/8' },
    ],
    [{ SHUTDOWN_SECONDS: '30' }, { shutdownMs: 30_000 }],
    [
      {
        DATABASE_URL: url,
        JWKS_URL: 'https://id.example/jwks',
        JWT_ISSUER: 'https://id.example/',
        JWT_AUDIENCE: 'dibs',
      },
      {
        jwks: { url: 'https://id.example/jwks', issuer: 'https://id.example/', audience: 'dibs' },
        authSecret: undefined,
      },
    ],
  ])('%j are taken', (given, taken) => {
    expect(readSettings(given)).toMatchObject(taken)
  })

  const port = 'PORT must be a whole number from 0 to 65535'
  const origin = 'PUBLIC_URL must be an origin like https://dibs.example, without a path'
  const origins = 'CORS_ORIGINS must be origins like https://app.example, separated by commas, without paths'
  const proxies =
    'TRUST_PROXY must be the number of proxies in front, or their addresses: 10.0.0.0/8, loopback'
  const everybody =
    'TRUST_PROXY must not trust every address (/0), or anybody could make up theirs: give your proxies, or their number'
  const postgres = 'DATABASE_URL must be a postgresql://… URL'
  test.each([
    [{ PORT: 'http' }, port],
    [{ PORT: '-1' }, port],
    [{ PORT: '65536' }, port],
    [{ PORT: '3000.5' }, port],
    [{ PORT: '0x50' }, port],
    [{ PUBLIC_URL: 'dibs.example' }, origin],
    [{ PUBLIC_URL: 'https://dibs.example/names' }, origin],
    [{ PUBLIC_URL: 'https://dibs.example?x' }, origin],
    [{ PUBLIC_URL: 'https://me:hidden@dibs.example' }, origin],
    [{ PUBLIC_URL: 'ftp://dibs.example' }, origin],
    [{ PUBLIC_URL: '*' }, origin],
    [{ CORS_ORIGINS: '*' }, origins],
    [{ CORS_ORIGINS: 'https://a.example,https://*.b.example/x,null' }, origins],
    [{ DATABASE_URL: 'mysql://db.example/dibs', AUTH_SECRET: secret }, postgres],
    [{ DATABASE_URL: 'localhost', AUTH_SECRET: secret }, postgres],
    [
      { DATABASE_URL: 'postgresql://postgres@127.0.0.1:5432', AUTH_SECRET: secret },
      'DATABASE_URL must end with the name of a database: postgresql://host/dibs',
    ],
    ...[
      'postgresql://a,b/dibs',
      'postgresql://dibs:pw@a:5432,b:5432/dibs',
      'postgresql://a/dibs?host=a,b',
    ].map((hosts): [Record<string, string>, string] => [
      { DATABASE_URL: hosts, AUTH_SECRET: secret },
      'DATABASE_URL must name one host: of servers that replicate each other, that of a proxy which leads to the primary, such as HAProxy (README, "A replicated PostgreSQL")',
    ]),
    [
      { DATABASE_URL: `${url}?schema=dibs`, AUTH_SECRET: secret },
      'DATABASE_URL must not have ?schema=…: Dibs takes the schema "public" of a database of its own',
    ],
    [
      { DATABASE_URL: url },
      'AUTH_SECRET is required with DATABASE_URL, the same for every process: "openssl rand -base64 32" prints one',
    ],
    [
      { AUTH_SECRET: 'hidden' },
      'AUTH_SECRET must be at least 32 characters, as "openssl rand -base64 32" prints',
    ],
    [
      { AUTH_SECRET: 'better-auth-secret-12345678901234567890' },
      'AUTH_SECRET must be one of your own, as "openssl rand -base64 32" prints',
    ],
    [{ POOL_SIZE: '0' }, 'POOL_SIZE must be a whole number from 1 to 1000'],
    [{ RATE_LIMITS: 'no' }, 'RATE_LIMITS must be on or off'],
    [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent'],
    [{ USERNAME_HOLD_DAYS: '-1' }, 'USERNAME_HOLD_DAYS must be a whole number from 0 to 36500'],
    [{ TRUST_PROXY: 'true' }, proxies],
    [{ TRUST_PROXY: '10.0.0.0/33' }, proxies],
    [{ TRUST_PROXY: '10.0.0.0/8,proxy.example' }, proxies],
    [{ TRUST_PROXY: '0.0.0.0/0' }, everybody],
    [{ TRUST_PROXY: 'loopback, ::/00 ,10.0.0.0/8' }, everybody],
    [{ SHUTDOWN_SECONDS: '0' }, 'SHUTDOWN_SECONDS must be a whole number from 1 to 3600'],
    [{ JWKS_URL: 'id.example', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' }, 'JWKS_URL must be an https://… URL'],
    [
      { JWKS_URL: 'https://id.example/jwks', JWT_ISSUER: 'i' },
      'JWT_AUDIENCE is required with JWKS_URL and JWT_ISSUER',
    ],
    [{ JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' }, 'JWKS_URL is required with JWT_ISSUER and JWT_AUDIENCE'],
  ])('%j are refused in one line that says what to do', (given, line) => {
    expect(() => readSettings(given)).toThrow(
      expect.objectContaining({ name: 'SettingsError', message: line }),
    )
  })

  test('beyond every number are no numbers', () => {
    expect(() => readSettings({ PORT: '9'.repeat(400) })).toThrow(port)
  })

  test('that are wrong are all told at once, one line each, without their values', () => {
    const given = {
      PORT: 'x',
      DATABASE_URL: 'mysql://me:hidden@db',
      PUBLIC_URL: 'y',
      CORS_ORIGINS: '*,*',
      LOG_LEVEL: 'z',
    }
    let told = ''
    try {
      readSettings(given)
    } catch (error) {
      told = (error as Error).message
    }
    const names = told.split('\n').map((line) => line.split(' ')[0])
    expect(names.sort()).toEqual([
      'AUTH_SECRET',
      'CORS_ORIGINS',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
      'PUBLIC_URL',
    ])
    expect(told).not.toContain('hidden')
  })

  test('of .env.example are all there are, and its values are the defaults', () => {
    const example = readFileSync(join(root, '.env.example'), 'utf8')
    const uncommented = example.replace(/^#(?=[A-Z_]+=)/gm, '')
    const values = parseEnv(uncommented)
    const documented = Object.entries(values).filter(([, value]) => value !== '')
    expect(readSettings(Object.fromEntries(documented))).toEqual(readSettings({}))
    const source = readFileSync(join(root, 'server', 'config.ts'), 'utf8')
    const [, known = ''] = source.match(/const Environment = z\.object\(\{(.*?)\n\}\)/s) ?? []
    const names = [...known.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(Object.keys(values).sort()).toEqual(names.sort())
    expect(parseEnv(example)).toEqual({})
  })
})
