import { prismaAdapter } from 'better-auth/adapters/prisma'
import type { BetterAuthOptions } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { v7 as uuidV7 } from 'uuid'
import { type AccountHooksOptions, accountHooks } from './account-hooks.ts'
import { addressHeader } from './address-header.ts'
import { described, explaining } from './errors.ts'

/** What tells whether a password is the right one, or an address one of ours. */
const guessable = ['/sign-in/email', '/sign-up/email', '/verify-password', '/change-password', '/delete-user']
/** How many attempts at each from one address, in how many seconds. */
const attempts = { window: 60, max: 10 }

export interface BetterAuthSettings extends AccountHooksOptions {
  readonly secret: string
  readonly publicUrl: string
  readonly origins: ReadonlySet<string>
  readonly rateLimits: boolean
}

/** better-auth as Dibs has it, in its own terms. */
export function betterAuthOptions({
  secret,
  publicUrl,
  origins,
  rateLimits,
  ...settings
}: BetterAuthSettings) {
  const { prisma, logNow } = settings
  return {
    appName: 'Dibs',
    baseURL: publicUrl,
    basePath: '/api/auth',
    // As a list, which nothing in the environment comes before: a mere secret gives way to BETTER_AUTH_SECRETS.
    secrets: [{ version: 1, value: secret }],
    database: prismaAdapter(explaining(prisma, logNow), { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, maxPasswordLength: 128 },
    // Without its signature a token would outlive a change of the secret, and be in every copy of
    // the database.
    plugins: [bearer({ requireSignature: true })],
    ...accountHooks(settings),
    trustedOrigins: [...origins],
    rateLimit: {
      enabled: rateLimits,
      storage: 'database',
      customRules: Object.fromEntries(guessable.map((path) => [path, attempts])),
    },
    advanced: {
      cookiePrefix: 'dibs',
      // They sort by time, so that new rows go to one end of each index, not to random places. A session's
      // token is not its id, and stays random.
      database: { generateId: () => uuidV7() },
      // Its default depends on NODE_ENV and TEST.
      disableOriginCheck: false,
      // Ours comes first, and takes no program that uses fetch for a browser.
      disableCSRFCheck: true,
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    logger: {
      log: (level, message, ...details) =>
        // Its errors are mistakes of whoever asks; defects are thrown.
        logNow()[level === 'error' ? 'warn' : level](
          { details: details.map(described) },
          // It warns of a secret that can be guessed, without saying which setting it is.
          `auth: ${message.replace(/the current secret(?: \(version 1\))?/, 'AUTH_SECRET')}`,
        ),
    },
    onAPIError: {
      // In place of a page of its own.
      errorURL: publicUrl,
      // It would write what is no refusal to the console; whoever called it has a log.
      throw: true,
    },
    telemetry: { enabled: false },
  } satisfies BetterAuthOptions
}
