import { createCookieGetter } from 'better-auth/cookies'
import { betterAuth } from 'better-auth/minimal'
import type { Log } from '../log.ts'
import { displayable } from './authenticate.ts'
import { type BetterAuthSettings, betterAuthOptions } from './better-auth-options.ts'
import { contextRunner } from './context.ts'
import { type DuringRequest, duringRequest } from './during-request.ts'
import type { Session } from './session.ts'
import { createSessionEnds } from './session-ends.ts'
import { createSessionMemo } from './session-memo.ts'
import { createPasses, passName } from './session-pass.ts'

export interface AuthOptions extends Omit<BetterAuthSettings, 'ended' | 'logNow'> {
  readonly log: Log
  /** Whether nothing else in the process uses better-auth: its contexts are carried only while it has work. */
  readonly ownProcess: boolean
}

export type Auth = ReturnType<typeof createAuth>

/** E-mail and password, with sessions in the database: the identity that Dibs brings along. */
export function createAuth({ log, ownProcess, ...settings }: AuthOptions) {
  const { secret, now } = settings
  const inContext = contextRunner(ownProcess)
  const logNow = () => duringRequest.getStore()?.log ?? log
  const memo = createSessionMemo(now)
  const ends = createSessionEnds(memo.forget)
  const auth = betterAuth(betterAuthOptions({ ...settings, ended: ends.ended, logNow }))

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

/**
 * The paths of better-auth's endpoints, below `/api/auth`. Those with a parameter are for mails and
 * providers that Dibs doesn't have.
 */
function pathsOf(endpoints: Record<string, { readonly path?: string }>): ReadonlySet<string> {
  const paths = Object.values(endpoints).flatMap(({ path }) => path ?? [])
  return new Set(paths.filter((path) => !path.includes(':')))
}
