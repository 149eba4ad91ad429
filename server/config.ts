import { isIP } from 'node:net'
import * as z from 'zod'
import { leastSecret } from './identity/authenticate.ts'
import { PostgresUrl } from './postgres-url.ts'
import { parseUrl, whole } from './read-text.ts'
import type { Settings } from './settings.ts'

/** Settings that are wrong, each in a line for the operator. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

const Origin = z
  .string()
  .refine(isOrigin, 'must be an origin like https://dibs.example, without a path')
  .transform((url) => new URL(url).origin)

const HttpUrl = z
  .string()
  .refine((url) => /^https?:$/.test(parseUrl(url)?.protocol ?? ''), 'must be an https://… URL')

const TrustedProxies = z
  .string()
  .refine(
    (value) => /^\d{1,2}$/.test(value) || value.split(',').every((one) => isNetwork(one.trim())),
    'must be the number of proxies in front, or their addresses: 10.0.0.0/8, loopback',
  )
  .refine(
    (value) => !value.split(',').some((one) => /\/0+$/.test(one.trim())),
    'must not trust every address (/0), or anybody could make up theirs: give your proxies, or their number',
  )
  .transform((value) => (/^\d+$/.test(value) ? Number(value) : value))

/** The secret that better-auth has where none is given. It refuses that by itself, but not as one of a list. */
const published = 'better-auth-secret-12345678901234567890'

/** By the name of the variable; an empty one counts as absent. */
const Environment = z.object({
  // Of a name with several addresses Fastify makes as many servers, and closes with the first.
  HOST: z
    .string()
    .default('127.0.0.1')
    .transform((host) => (host === 'localhost' ? '127.0.0.1' : host)),
  PORT: whole(0, 65_535).default(3000),
  DATABASE_URL: PostgresUrl.optional(),
  POOL_SIZE: whole(1, 1000).default(10),
  DATA_DIR: z.string().default('.data'),
  PUBLIC_URL: Origin.optional(),
  AUTH_SECRET: z
    .string()
    .min(leastSecret, `must be at least ${leastSecret} characters, as "openssl rand -base64 32" prints`)
    .refine((value) => value !== published, 'must be one of your own, as "openssl rand -base64 32" prints')
    .optional(),
  JWKS_URL: HttpUrl.optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  CORS_ORIGINS: z
    .string()
    .refine(
      (list) => listed(list).every(isOrigin),
      'must be origins like https://app.example, separated by commas, without paths',
    )
    .transform((list) => listed(list).map((origin) => new URL(origin).origin))
    .default([]),
  RATE_LIMITS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
  USERNAME_HOLD_DAYS: whole(0, 36_500).default(90),
  USERNAME_LOOK_ALIKES: z.enum(['refuse', 'allow'], 'must be refuse or allow').default('refuse'),
  USERNAME_RENAMES: whole(1, 1000).default(5),
  USERNAME_RENAME_DAYS: whole(1, 36_500).default(30),
  TRUST_PROXY: TrustedProxies.optional(),
  SHUTDOWN_SECONDS: whole(1, 3600).default(15),
})

type Given = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings from environment variables.
 *
 * @param serving false to do without those that only a server needs
 * @throws {SettingsError} naming each variable that is wrong and what it must be.
 */
export function readSettings(environment: Given, { serving = true } = {}): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const parsed = Environment.safeParse(given)
  const wrong = new Map<string, string>()
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0])
    if (!wrong.has(name)) wrong.set(name, message)
  }
  if (serving) for (const [name, message] of missing(given)) wrong.set(name, message)
  if (!parsed.success || wrong.size > 0) {
    throw new SettingsError([...wrong].map(([name, message]) => `${name} ${message}`).join('\n'))
  }
  const env = parsed.data
  return {
    host: env.HOST,
    port: env.PORT,
    database: env.DATABASE_URL
      ? { url: env.DATABASE_URL, poolSize: env.POOL_SIZE }
      : { dataDir: env.DATA_DIR },
    dataDir: env.DATA_DIR,
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    authSecret: env.AUTH_SECRET,
    jwks:
      env.JWKS_URL && env.JWT_ISSUER && env.JWT_AUDIENCE
        ? { url: env.JWKS_URL, issuer: env.JWT_ISSUER, audience: env.JWT_AUDIENCE }
        : undefined,
    corsOrigins: env.CORS_ORIGINS,
    rateLimits: env.RATE_LIMITS === 'on',
    logLevel: env.LOG_LEVEL,
    nameRules: {
      holdDays: env.USERNAME_HOLD_DAYS,
      lookAlikes: env.USERNAME_LOOK_ALIKES,
      renames:
        env.RATE_LIMITS === 'on' ? { most: env.USERNAME_RENAMES, days: env.USERNAME_RENAME_DAYS } : null,
    },
    trustProxy: env.TRUST_PROXY ?? false,
    shutdownMs: env.SHUTDOWN_SECONDS * 1000,
  }
}

/** The settings that others ask for. */
function* missing(given: Given): Iterable<[name: string, message: string]> {
  const ofTokens = ['JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const
  if (ofTokens.some((name) => given[name])) {
    const others = (name: string) => ofTokens.filter((other) => other !== name).join(' and ')
    for (const name of ofTokens) if (!given[name]) yield [name, `is required with ${others(name)}`]
  } else if (given.DATABASE_URL && !given.AUTH_SECRET) {
    yield [
      'AUTH_SECRET',
      'is required with DATABASE_URL, the same for every process: "openssl rand -base64 32" prints one',
    ]
  }
}

function listed(list: string): string[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function isOrigin(value: string): boolean {
  const url = parseUrl(value)
  return url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href
}

/** An address, a subnet (RFC 4632) or one of the names that Fastify has for some. */
function isNetwork(value: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true
  const [address = '', length, ...rest] = value.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  if (length === undefined) return true
  return /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128)
}
