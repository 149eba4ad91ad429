import * as z from 'zod'
import type { Settings } from './settings.ts'

/** A setting that is wrong, in a sentence for the operator. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(least, message).max(most, message))
}

const Origin = z
  .string()
  .refine(isOrigin, 'must be an origin like https://dibs.example, without a path')
  .transform((url) => new URL(url).origin)

const PostgresUrl = z
  .string()
  .refine((url) => /^postgres(ql)?:$/.test(parseUrl(url)?.protocol ?? ''), 'must be a postgresql://… URL')
  .refine(
    (url) => !parseUrl(url)?.searchParams.has('schema'),
    'must not have ?schema=…: set the search_path of the database role instead',
  )

/** By the name of the variable; an empty one counts as absent. */
const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  DATABASE_URL: PostgresUrl.optional(),
  POOL_SIZE: whole(1, 1000).default(10),
  DATA_DIR: z.string().default('.data'),
  PUBLIC_URL: Origin.optional(),
  AUTH_SECRET: z
    .string()
    .min(32, 'must be at least 32 characters, as "openssl rand -base64 32" prints')
    .optional(),
  CORS_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .pipe(z.array(Origin))
    .default([]),
  RATE_LIMITS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
  USERNAME_HOLD_DAYS: whole(0, 36_500).default(90),
  TRUST_PROXY: z
    .string()
    .transform((value) => (/^\d+$/.test(value) ? Number(value) : value))
    .optional(),
})

/**
 * Reads the settings from environment variables.
 *
 * @throws {SettingsError} naming each variable that is wrong and what it must be.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map(({ path, message }) => `${path[0]?.toString()} ${message}`).join('\n'),
    )
  }
  const env = parsed.data
  if (env.DATABASE_URL && !env.AUTH_SECRET) {
    throw new SettingsError(
      'AUTH_SECRET is required with DATABASE_URL, the same for every process: "openssl rand -base64 32" prints one',
    )
  }
  return {
    host: env.HOST,
    port: env.PORT,
    database: env.DATABASE_URL
      ? { url: env.DATABASE_URL, poolSize: env.POOL_SIZE }
      : { dataDir: env.DATA_DIR },
    dataDir: env.DATA_DIR,
    publicUrl: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    authSecret: env.AUTH_SECRET,
    corsOrigins: env.CORS_ORIGINS,
    rateLimits: env.RATE_LIMITS === 'on',
    logLevel: env.LOG_LEVEL,
    usernameHoldDays: env.USERNAME_HOLD_DAYS,
    trustProxy: env.TRUST_PROXY ?? false,
  }
}

function isOrigin(value: string): boolean {
  const url = parseUrl(value)
  return url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined
}
