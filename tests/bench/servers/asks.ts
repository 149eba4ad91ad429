import type { Operation } from '../load/operations.ts'
import type { Request } from '../load/request.ts'

/** How a person, by number, asks for a name. */
export type Ask = (person: number, username: string) => Request
export type Asks = Partial<Record<Operation, Ask>>
/** The headers by which a server knows a person. */
export type Headers = (person: number) => Request['headers']

export function post(path: string, headers: Request['headers'], body: unknown): Request {
  return { method: 'POST', path, headers, body }
}

function get(path: string, headers: Request['headers']): Request {
  return { method: 'GET', path, headers }
}

/** A claim by an owner need not be repeatable: by P2002 it isn't. */
export function newClaims(ask: Ask): Asks {
  return { win: ask, lose: ask, race: ask }
}

export function claims(ask: Ask): Asks {
  return { ...newClaims(ask), retry: ask }
}

/** A claim over Dibs' wire, with more input for this name. */
export function dibsClaim(headers: Headers, more: (username: string) => object = () => ({})): Ask {
  return (person, username) =>
    post('/trpc/profile.claimUsername', headers(person), { username, ...more(username) })
}

export function dibsQueries(headers: Headers): Asks {
  const query =
    (procedure: string): Ask =>
    (person, username) =>
      get(`/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify({ username }))}`, headers(person))
  return { get: query('profile.get'), check: query('profile.checkUsername') }
}

/** A claim over REST. */
export function restClaim(path: string, headers: Headers): Ask {
  return (person, username) => post(path, headers(person), { username })
}

export function restQueries(headers: Headers): Asks {
  return {
    get: (person, username) => get(`/profiles/${username}`, headers(person)),
    check: (person, username) => get(`/usernames/${username}`, headers(person)),
  }
}
