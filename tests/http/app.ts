import type { FastifyInstance, InjectOptions } from 'fastify'
import { type AppOptions, createApp } from '../../server/app.ts'
import type { Database } from '../../server/database/open.ts'
import { silent } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import { authSecret } from '../support/sessions.ts'

/** What a browser calls the app under test. */
export const home = 'http://localhost:3000'
/** The origin of a front end that CORS_ORIGINS names, and of one that it doesn't. */
export const friend = 'https://friend.example'
export const stranger = 'https://stranger.example'

type Settings = AppOptions['settings']

/** The real app on a database, with limits off unless asked for. */
export function appOn(
  database: Database,
  { settings, ...options }: Partial<Omit<AppOptions, 'settings'>> & { settings?: Partial<Settings> } = {},
): Promise<FastifyInstance> {
  return createApp({
    database,
    log: silent,
    // Looked up at each call, so that tests can put another in its place.
    now: () => Date.now(),
    authSecret,
    settings: {
      publicUrl: home,
      corsOrigins: [friend],
      rateLimits: false,
      nameRules: usualRules,
      trustProxy: false,
      ...settings,
    },
    ...options,
  })
}

/** Somebody who signed up: how a browser and a program tell the app who they are. */
export interface Member {
  readonly email: string
  readonly id: string
  /** As a page of the app's own sends. */
  readonly browser: { readonly cookie: string; readonly origin: string; readonly 'content-type': string }
  /** As a program sends. */
  readonly program: { readonly authorization: string; readonly 'content-type': string }
}

export const password = 'correct horse battery'
let members = 0

export async function signUp(app: FastifyInstance, origin = home): Promise<Member> {
  members += 1
  const email = `member-${members}@people.example`
  const answer = await app.inject({
    method: 'POST',
    url: '/api/auth/sign-up/email',
    headers: { origin },
    payload: { email, password, name: `Member ${members}` },
  })
  if (answer.statusCode !== 200) throw new Error(`sign-up: ${answer.statusCode} ${answer.body}`)
  const json = 'application/json'
  return {
    email,
    id: answer.json().user.id,
    browser: { cookie: cookieOf(answer), origin, 'content-type': json },
    program: { authorization: `Bearer ${answer.headers['set-auth-token']}`, 'content-type': json },
  }
}

/** What a browser would send back for the cookies that an answer sets. */
export function cookieOf(answer: { headers: Record<string, unknown> }): string {
  return [answer.headers['set-cookie']]
    .flat()
    .map((cookie) => String(cookie).split(';')[0])
    .join('; ')
}

export type Headers = NonNullable<InjectOptions['headers']>

/** POSTs a body as it is, or anything else as JSON. */
export function post(app: FastifyInstance, url: string, body: unknown, headers: Headers) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return app.inject({ method: 'POST', url, headers, payload })
}

/** The address of a query with this input. */
export function query(path: string, input?: unknown): string {
  return input === undefined
    ? `/trpc/${path}`
    : `/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`
}
