import * as z from 'zod/mini'
import { personHeader } from '../../../shared/wire.ts'
import { inTime, usuallyMs } from '../../in-time.ts'

/** Why the service refused to sign somebody in or up, or to delete their account. */
export type AuthRefusal =
  | 'EMAIL_TAKEN'
  | 'WRONG_CREDENTIALS'
  | 'WRONG_PASSWORD'
  | 'SIGNED_OUT'
  | 'ACCOUNTS_ELSEWHERE'
  | 'INVALID_EMAIL'
  | 'INVALID_PASSWORD'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'NO_ANSWER'
  | 'UNEXPECTED'

/** How an authentication call ended when it failed. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly refusal: AuthRefusal

  constructor(refusal: AuthRefusal, cause?: unknown) {
    super(refusal, { cause })
    this.refusal = refusal
  }
}

export function refusalOf(error: unknown): AuthRefusal {
  return error instanceof AuthError ? error.refusal : 'UNEXPECTED'
}

/**
 * Whether what was asked for may be done all the same: a gateway that gives up answers too, and so does a
 * server that fails after it is done.
 */
export function mayBeDone(refusal: AuthRefusal): boolean {
  return refusal === 'NO_ANSWER' || refusal === 'UNAVAILABLE' || refusal === 'UNEXPECTED'
}

/** Who is signed in here. */
export interface Session {
  readonly id: string
  readonly name: string
  readonly email: string
}

const SessionAnswer = z.nullable(
  z.object({ user: z.object({ id: z.string(), name: z.string(), email: z.string() }) }),
)

/** The routes of better-auth that the pages need; the session itself is a cookie no script can read. */
export const authApi = {
  /** Who is signed in, or null; or that accounts are kept elsewhere. Prolongs the session. */
  async session(signal: AbortSignal): Promise<Session | null | 'elsewhere'> {
    try {
      const answer = SessionAnswer.safeParse(await call('get-session', { signal }))
      if (!answer.success) throw new AuthError('UNEXPECTED', answer.error)
      return answer.data?.user ?? null
    } catch (error) {
      if (error instanceof AuthError && error.refusal === 'ACCOUNTS_ELSEWHERE') return 'elsewhere'
      throw error
    }
  },
  async signUp(person: { name: string; email: string; password: string }): Promise<void> {
    await call('sign-up/email', posting(person))
  },
  async signIn({ email, password }: { email: string; password: string }): Promise<void> {
    await call('sign-in/email', posting({ email, password }))
  },
  /** Ends the session, unless it is another person's than this one's, by id. */
  async signOut(person: string | undefined): Promise<void> {
    await call('sign-out', posting({}, person))
  },
  /** Deletes the account of whoever is signed in, and ends its sessions, unless it is another person's. */
  async deleteAccount(password: string, person: string | undefined): Promise<void> {
    await call('delete-user', posting({ password }, person))
  },
}

function posting(body: object, person?: string): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(person !== undefined && { [personHeader]: encodeURIComponent(person) }),
    },
    body: JSON.stringify(body),
  }
}

const send = inTime((input, init?: object) => fetch(input, { ...init }), usuallyMs, { stream: false })

async function call(path: string, init: RequestInit): Promise<unknown> {
  const response = await send(`/api/auth/${path}`, init).catch((error) => {
    throw new AuthError('NO_ANSWER', error)
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new AuthError(readRefusal(response.status, answer))
  return answer
}

const refusals: Readonly<Record<string, AuthRefusal>> = {
  USER_ALREADY_EXISTS: 'EMAIL_TAKEN',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'EMAIL_TAKEN',
  INVALID_EMAIL_OR_PASSWORD: 'WRONG_CREDENTIALS',
  INVALID_EMAIL: 'INVALID_EMAIL',
  INVALID_PASSWORD: 'WRONG_PASSWORD',
  PASSWORD_TOO_SHORT: 'INVALID_PASSWORD',
  PASSWORD_TOO_LONG: 'INVALID_PASSWORD',
}

const Refused = z.object({ code: z.string() })
const NotFound = z.object({ error: z.object({ data: z.object({ kind: z.literal('NOT_FOUND') }) }) })

function readRefusal(status: number, answer: unknown): AuthRefusal {
  // With an identity provider there is no /api/auth, and Dibs itself says so; a gateway's 404 says nothing.
  if (status === 404 && NotFound.safeParse(answer).success) return 'ACCOUNTS_ELSEWHERE'
  if (status === 429) return 'RATE_LIMITED'
  if (status >= 502 && status <= 504) return 'UNAVAILABLE'
  const code = Refused.safeParse(answer).data?.code ?? ''
  return refusals[code] ?? (status === 401 ? 'SIGNED_OUT' : 'UNEXPECTED')
}
