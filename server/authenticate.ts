import type { Person } from './domain/person.ts'

/**
 * Tells who sent a request, by its headers; null for nobody.
 *
 * Throw when it can't be told right now, as when the identity provider is out of reach:
 * the caller then gets `UNAVAILABLE` rather than `SIGNED_OUT`.
 */
export type Authenticate = (headers: Headers) => Promise<Person | null>

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

/** PostgreSQL stores neither NUL characters nor lone surrogates. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
