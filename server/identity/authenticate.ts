import { isStorable, longestPersonId } from '../../shared/person-id.ts'
import type { Person } from '../domain/person.ts'

/**
 * Tells who sent a request, by its headers; null for nobody.
 *
 * Throw when it can't be told right now, as when the identity provider is out of reach: the
 * caller then gets `UNAVAILABLE` rather than `SIGNED_OUT`.
 */
export type Authenticate = (headers: Headers) => Promise<Person | null>

/**
 * A person as Dibs can keep them, of whatever an `Authenticate` told: with a name that can be displayed, and an
 * address, in lower case, only if it can be stored. Who can't be stored would fail all others in the same statement.
 *
 * @throws {TypeError} where there is no telling who it is: the id is no text, empty, too long or not storable
 */
export function personFrom(told: Person | null | undefined): Person | null {
  if (told === null || told === undefined) return null
  const { id, name, email }: { [K in keyof Person]: unknown } = told
  if (!isId(id)) {
    throw new TypeError(
      `authenticate told of a person whose id is not 1 to ${longestPersonId} characters, without NUL and lone surrogates`,
    )
  }
  return {
    id,
    name: typeof name === 'string' ? displayable(name) : '',
    email: typeof email === 'string' && isStorable(email) ? email.toLowerCase() : null,
  }
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= longestPersonId && isStorable(id)
}

/** How many characters a secret that signs sessions has at least. */
export const leastSecret = 32

/** A name from outside as a display name: without control characters or halves of others, at most 80 long. */
export function displayable(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, 80)
    .replace(/\p{Cs}$/u, '')
}
