import { APIError } from 'better-auth/api'
import { displayable } from './authenticate.ts'

/** Refuses what better-auth itself would not. */
export function admit({ path, body, query }: Asked): void {
  if (path === '/delete-user') demandPassword(body?.password)
  demandLocation(body?.callbackURL)
  demandLocation(query?.callbackURL)
}

/** A request as it was sent, of any form. */
interface Asked {
  readonly path: string
  readonly body?: { readonly [field: string]: unknown }
  readonly query?: { readonly [field: string]: unknown } | undefined
}

/** An account is deleted only by who knows its password; better-auth would take a recent sign-in for that. */
function demandPassword(password: unknown): void {
  if (typeof password === 'string' && password !== '') return
  throw new APIError('BAD_REQUEST', { code: 'INVALID_PASSWORD', message: 'Invalid password' })
}

/** Where an answer leads is a URL in a header: visible ASCII (RFC 3986, 2). What is no text is refused later. */
function demandLocation(callbackURL: unknown): void {
  if (typeof callbackURL !== 'string' || /^[!-~]*$/.test(callbackURL)) return
  throw new APIError('FORBIDDEN', { code: 'INVALID_CALLBACK_URL', message: 'Invalid callbackURL' })
}

/**
 * An address can have 254 octets (RFC 5321, 4.5.3.1.3); a name becomes the display name. Changes
 * come as they were sent, of any type.
 */
export async function admissible<
  U extends { name?: string; email?: string; image?: string | null | undefined },
>(user: U) {
  const { name = '', image } = user
  if (typeof name !== 'string' || typeof (image ?? '') !== 'string') {
    throw new APIError('BAD_REQUEST', { code: 'VALIDATION_ERROR', message: 'Name and image must be text' })
  }
  if (user.email !== undefined && user.email.length > 254) {
    throw new APIError('BAD_REQUEST', { code: 'INVALID_EMAIL', message: 'Invalid email' })
  }
  return { data: user.name === undefined ? user : { ...user, name: displayable(user.name) } }
}
