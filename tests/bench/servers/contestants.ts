import type { Operation } from '../load/operations.ts'
import { betterAuthCookie, dibsCookies, personIdOf, signedCookie } from '../people.ts'
import {
  type Asks,
  claims,
  dibsClaim,
  dibsQueries,
  type Headers,
  newClaims,
  post,
  restClaim,
  restQueries,
} from './asks.ts'
import type { ServerName } from './servers.ts'

/** One who is measured: a server, and how it is asked. */
export interface Contestant {
  readonly title: string
  readonly server: ServerName
  readonly asks: Asks
  /** What the operation is answered, besides defects. */
  statuses(operation: Operation): readonly number[]
}

const fresh: Headers = (person) => ({ cookie: dibsCookies(person, 'passed') })
const lookedUp: Headers = (person) => ({ cookie: dibsCookies(person, 'to be looked up') })
const gateway: Headers = (person) => ({ 'x-person': personIdOf(person) })
const signed: Headers = (person) => ({ cookie: signedCookie(person) })
const betterAuth: Headers = (person) => ({ cookie: betterAuthCookie('better-auth.session_token', person) })
const nobody: Headers = () => ({})

/** As the typed client claims. */
const withKey = (username: string) => ({ idempotencyKey: `key-of-${username}` })

/** Everybody who is compared, by a short name for the command line. */
export const contestants = {
  dibs: contestant('Dibs', 'dibs', { ...claims(dibsClaim(fresh)), ...dibsQueries(fresh) }),
  'dibs-lookup': contestant('Dibs, session looked up', 'dibs', claims(dibsClaim(lookedUp))),
  'dibs-key': contestant('Dibs, with an idempotency key', 'dibs', newClaims(dibsClaim(fresh, withKey))),
  'dibs-open': contestant('Dibs, no session check', 'dibs-mounted', claims(dibsClaim(gateway))),
  'by-hand': contestant('By hand', 'by-hand', {
    ...claims(restClaim('/username', signed)),
    ...restQueries(signed),
  }),
  'by-hand-open': contestant(
    'By hand, no session check',
    'by-hand',
    claims(restClaim('/gateway/username', gateway)),
  ),
  seed: contestant('Today: find, then update', 'seed', claims(restClaim('/username', signed))),
  stock: contestant(
    'Stock tRPC, create and P2002',
    'stock-trpc',
    newClaims((person, username) => post('/trpc/claimUsername', signed(person), { username })),
  ),
  'better-auth': contestant(
    'better-auth, username plugin',
    'better-auth',
    newClaims((person, username) => post('/api/auth/update-user', betterAuth(person), { username })),
    400,
  ),
  orpc: contestant(
    'oRPC, the statement by hand',
    'orpc',
    claims((person, username) => post('/rpc/claimUsername', signed(person), { json: { username } })),
  ),
  rest: contestant('REST', 'floor-rest', { floor: restClaim('/username', nobody) }),
  rpc: contestant("Dibs' transport", 'floor-rpc', {
    floor: (_person, username) => post('/trpc/claimUsername', {}, { username }),
  }),
} as const satisfies Record<string, Contestant>
export type ContestantName = keyof typeof contestants
export const allContestants = Object.keys(contestants) as ContestantName[]

function contestant(title: string, server: ServerName, asks: Asks, lost = 409): Contestant {
  const statuses = (operation: Operation) =>
    operation === 'race' ? [200, lost] : [operation === 'lose' ? lost : 200]
  return { title, server, asks, statuses }
}

/** Those of them who have the operation. */
export function whoCan(operation: Operation, names: readonly ContestantName[]): ContestantName[] {
  return names.filter((name) => contestants[name].asks[operation] !== undefined)
}
