import { createHash, createHmac } from 'node:crypto'
import { sign } from '@fastify/cookie'
import { createPasses } from '../../server/identity/session-pass.ts'

/** What every server signs its sessions with. */
export const secret = 'Xw3nGq8sVb5kTz2mRj7pLc4dHy9fAe6u'

// People and names are numbered, so that SQL can enter a million of them and the load know them
// without reading them back. Person n is to have name n, if any.

const letters = 'abcdefghknpqstuw'
const scatter = 158_112_953
const places = 16 ** 7
/** Numbers are below this: `at * scatter` is exact in a double. */
export const mostPeople = 2 ** 25

/** In milliseconds since 1970. */
const firstSignUpAt = Date.UTC(2026, 0, 1)

/** A name that looks like no other one. Neighbours in number are far apart in an index, as people's names are. */
export function nameOf(at: number): string {
  const digits = hex((at * scatter) % places, 7)
  return `q${digits.replace(/./g, (digit) => letters[Number.parseInt(digit, 16)] ?? '')}`
}

/**
 * A UUID of version 7 and variant 8 (RFC 9562), as Dibs gives them out: one sign-up a millisecond, in the order
 * of numbers.
 */
export function personIdOf(at: number): string {
  const random = md5(`person ${at}`)
  const id = `${hex(firstSignUpAt + at, 12)}7${random.slice(0, 3)}8${random.slice(3, 18)}`
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function tokenOf(at: number): string {
  return md5(`session ${at}`)
}

/** The same three as SQL has them, of a column with a number. */
export const inSql = {
  name: (at: string) =>
    `'q' || translate(lpad(to_hex((${at})::bigint * ${scatter} % ${places}), 7, '0'), '0123456789abcdef', '${letters}')`,
  personId: (at: string) =>
    `(lpad(to_hex(${firstSignUpAt} + (${at})), 12, '0') || '7' || left(md5('person ' || (${at})), 3) ||
      '8' || substr(md5('person ' || (${at})), 4, 15))::uuid::text`,
  token: (at: string) => `md5('session ' || ${at})`,
}

/** As better-auth signs its session cookie. */
export function betterAuthCookie(name: string, at: number): string {
  const token = tokenOf(at)
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return `${name}=${encodeURIComponent(`${token}.${signature}`)}`
}

const day = 24 * 60 * 60 * 1000
const expiresAt = Date.now() + day

const passes = createPasses({
  secret,
  sessionCookie: 'dibs.session_token',
  passCookie: 'dibs.session_pass',
  secure: false,
  now: Date.now,
})

/**
 * The cookies of a browser that is signed in to Dibs, and that has just been there, so that it has a
 * pass of ten seconds, or has not.
 */
export function dibsCookies(at: number, session: 'passed' | 'to be looked up'): string {
  const cookie = betterAuthCookie('dibs.session_token', at)
  if (session === 'to be looked up') return cookie
  const id = personIdOf(at)
  const person = { id, name: 'Somebody', email: `${id}@people.example` }
  const pass = passes.keep(cookie, { token: tokenOf(at), expiresAt: new Date(expiresAt), person })
  return `${cookie}; ${pass?.split(';')[0]}`
}

/** The session that hand-written servers sign. */
export function signedCookie(at: number): string {
  return `session=${encodeURIComponent(sign(`${personIdOf(at)}:${expiresAt}`, secret))}`
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
