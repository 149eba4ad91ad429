import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { createCookieGetter } from 'better-auth/cookies'
import { betterAuth } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { v7 as uuidV7 } from 'uuid'
import type { Username } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import type { NameRules } from '../domain/name-rules.ts'
import { forgetPerson } from '../domain/release.ts'
import type { Log } from '../log.ts'
import { addressHeader } from './address-header.ts'
import { admissible, admit } from './admission.ts'
import { displayable } from './authenticate.ts'
import { contextRunner } from './context.ts'
import { type DuringRequest, duringRequest } from './during-request.ts'
import { described, explained, explaining } from './errors.ts'
import { removeUnfinished, throwAwayEndedSessions } from './leftovers.ts'
import type { Session } from './session.ts'
import { createSessionEnds } from './session-ends.ts'
import { createSessionMemo } from './session-memo.ts'
import { createPasses } from './session-pass.ts'

/** What tells whether a password is the right one, or an address one of ours. */
const guessable = ['/sign-in/email', '/sign-up/email', '/verify-password', '/change-password', '/delete-user']
/** How many attempts at each from one address, in how many seconds. */
const attempts = { window: 60, max: 10 }

export interface AuthOptions {
  readonly prisma: PrismaClient
  readonly secret: string
  readonly publicUrl: string
  readonly origins: ReadonlySet<string>
  readonly rateLimits: boolean
  /** For how long the names of a deleted account are held. */
  readonly rules: Pick<NameRules, 'holdDays'>
  /** Tells that a deleted account gave up its name. */
  readonly announce: (held: Username) => void
  readonly log: Log
  /** The time, in milliseconds since 1970. */
  readonly now: () => number
  /** Whether nothing else in the process uses better-auth: its contexts are carried only while it has work. */
  readonly ownProcess: boolean
}

export type Auth = ReturnType<typeof createAuth>

/** E-mail and password, with sessions in the database: the identity that Dibs brings along. */
export function createAuth({
  prisma,
  secret,
  publicUrl,
  origins,
  rateLimits,
  rules,
  announce,
  log,
  now,
  ownProcess,
}: AuthOptions) {
  const inContext = contextRunner(ownProcess)
  const logNow = () => duringRequest.getStore()?.log ?? log
  const memo = createSessionMemo(now)
  const ends = createSessionEnds(memo.forget)

  /**
   * Deletes an account, which takes its sessions along, in one transaction with forgetting the
   * person. better-auth, which does it in several, then finds nothing left to delete.
   */
  async function deleteAccount({ id }: { id: string }): Promise<void> {
    try {
      const held = await forgetPerson(prisma, { person: { id }, rules }, () => [
        prisma.user.deleteMany({ where: { id } }),
      ])
      ends.ended(id)
      if (held !== null) announce(held)
    } catch (error) {
      throw explained(error, 'User', 'forget', logNow())
    }
  }

  /** Frees an address of what a sign-up that was cut in the middle left there. */
  async function freeAddress(email: unknown): Promise<void> {
    // What is no text is refused later.
    if (typeof email !== 'string') return
    try {
      await removeUnfinished(prisma, { email: email.toLowerCase(), now: now() })
    } catch (error) {
      throw explained(error, 'User', 'removeUnfinished', logNow())
    }
  }

  /** Throws away sessions that ended, beside the answer: nobody who signs in waits for it. */
  function tidySessions(): void {
    const requestLog = logNow()
    throwAwayEndedSessions(prisma, now()).catch((error: unknown) =>
      requestLog.warn({ err: error }, 'auth: sessions that ended are kept'),
    )
  }

  const auth = betterAuth({
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
    user: { deleteUser: { enabled: true, beforeDelete: deleteAccount } },
    hooks: {
      before: createAuthMiddleware(async ({ path, body, query }) => {
        admit({ path, body, query })
        if (path === '/sign-up/email') await freeAddress(body?.email)
      }),
      after: withoutPass,
    },
    databaseHooks: {
      user: {
        create: { before: admissible },
        update: { before: admissible, after: async (user) => ends.ended(stillThere(user).id) },
      },
      session: {
        create: { after: async () => tidySessions() },
        delete: { after: async ({ userId }) => ends.ended(userId) },
      },
    },
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
  })

  /** Refreshing is left to `/api/auth/get-session`, which can send the new cookie. */
  async function sessionOf(headers: Headers, requestLog: Log): Promise<Session | null> {
    const found = await inContext({ log: requestLog, databaseAway: false }, () =>
      auth.api.getSession({ headers, query: { disableRefresh: true } }),
    )
    if (found === null) return null
    const { id, name, email } = found.user
    const { token, expiresAt } = found.session
    return { token, expiresAt, person: { id, name: displayable(name), email: email.toLowerCase() } }
  }

  const cookie = createCookieGetter(auth.options)
  const passes = createPasses({
    secret,
    sessionCookie: cookie('session_token').name,
    passCookie: cookie(passName).name,
    secure: cookie(passName).attributes.secure,
    now,
  })
  const handler = (question: Request, during: DuringRequest) =>
    inContext(during, () => auth.handler(question))
  return { handler, paths: pathsOf(auth.api), sessionOf, passes, memo, ends }
}

/** Whatever better-auth's type says, there is none where the account was deleted at the same moment. */
function stillThere<U>(user: U | null): U {
  if (user !== null) return user
  throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Sign in first.' })
}

const passName = 'session_pass'

/** What somebody changes here, such as their name, shows at once in the same browser. */
const withoutPass = createAuthMiddleware(async (ctx) => {
  const { name, attributes } = ctx.context.createAuthCookie(passName, { maxAge: 0 })
  if (ctx.method === 'POST' && ctx.getCookie(name) !== null) ctx.setCookie(name, '', attributes)
})

/**
 * The paths of better-auth's endpoints, below `/api/auth`. Those with a parameter are for mails and
 * providers that Dibs doesn't have.
 */
function pathsOf(endpoints: Record<string, { readonly path?: string }>): ReadonlySet<string> {
  const paths = Object.values(endpoints).flatMap(({ path }) => path ?? [])
  return new Set(paths.filter((path) => !path.includes(':')))
}
