import type { Operation } from '../load/operations.ts'
import type { Request } from '../load/request.ts'
import { betterAuthCookie, dibsCookies, personIdOf, signedCookie } from '../people.ts'
import type { ServerName } from './servers.ts'

/** One who is measured: a server, and how it is asked. */
export interface Contestant {
  readonly title: string
  readonly server: ServerName
  /** How a person, by number, asks for this name. */
  readonly asks: Partial<Record<Operation, (person: number, username: string) => Request>>
  /** The status that the operation is answered, where it isn't 200; 409 for losing. */
  readonly loses?: number
}

function post(path: string, headers: Request['headers'], body: unknown): Request {
  return { method: 'POST', path, headers, body }
}

function get(path: string, headers: Request['headers']): Request {
  return { method: 'GET', path, headers }
}

const cookie = (cookies: string) => ({ cookie: cookies })
const gateway = (person: number) => ({ 'x-person': personIdOf(person) })

type Headers = (person: number) => Request['headers']

function claims(ask: (person: number, username: string) => Request): Contestant['asks'] {
  return { win: ask, lose: ask, retry: ask }
}

function dibs(headers: Headers, more: (username: string) => object = () => ({})): Contestant['asks'] {
  const query = (procedure: string) => (person: number, username: string) =>
    get(`/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify({ username }))}`, headers(person))
  return {
    ...claims((person, username) =>
      post('/trpc/profile.claimUsername', headers(person), { username, ...more(username) }),
    ),
    get: query('profile.get'),
    check: query('profile.checkUsername'),
  }
}

function byHand(prefix: string, headers: Headers): Contestant['asks'] {
  return {
    ...claims((person, username) => post(`${prefix}/username`, headers(person), { username })),
    get: (person, username) => get(`/profiles/${username}`, headers(person)),
    check: (person, username) => get(`/usernames/${username}`, headers(person)),
  }
}

const signed: Headers = (person) => cookie(signedCookie(person))
const withKey = (username: string) => ({ idempotencyKey: `key-of-${username}` })

/** Everybody who is compared, by a short name for the command line. */
export const contestants = {
  dibs: { title: 'Dibs', server: 'dibs', asks: dibs((person) => cookie(dibsCookies(person))) },
  'dibs-key': {
    title: 'Dibs, with an idempotency key',
    server: 'dibs',
    asks: claimsOnly(dibs((person) => cookie(dibsCookies(person)), withKey)),
  },
  'dibs-open': { title: 'Dibs, no session check', server: 'dibs-mounted', asks: dibs(gateway) },
  'by-hand': { title: 'By hand', server: 'by-hand', asks: byHand('', signed) },
  'by-hand-open': {
    title: 'By hand, no session check',
    server: 'by-hand',
    asks: claimsOnly(byHand('/gateway', gateway)),
  },
  seed: {
    title: 'Today: find, then update',
    server: 'seed',
    asks: claimsOnly(byHand('', signed)),
  },
  stock: {
    title: 'Stock tRPC, create and P2002',
    server: 'stock-trpc',
    asks: winsAndLosses((person, username) => post('/trpc/claimUsername', signed(person), { username })),
  },
  'better-auth': {
    title: 'better-auth, username plugin',
    server: 'better-auth',
    asks: winsAndLosses((person, username) =>
      post('/api/auth/update-user', cookie(betterAuthCookie('better-auth.session_token', person)), {
        username,
      }),
    ),
    loses: 400,
  },
  orpc: {
    title: 'oRPC, the statement by hand',
    server: 'orpc',
    asks: claims((person, username) => post('/rpc/claimUsername', signed(person), { json: { username } })),
  },
} as const satisfies Record<string, Contestant>
export type ContestantName = keyof typeof contestants

function claimsOnly({ win, lose, retry }: Contestant['asks']): Contestant['asks'] {
  return { ...(win && { win }), ...(lose && { lose }), ...(retry && { retry }) }
}

function winsAndLosses(ask: (person: number, username: string) => Request): Contestant['asks'] {
  return { win: ask, lose: ask }
}
