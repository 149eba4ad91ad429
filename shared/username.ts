import * as z from 'zod/mini'

/** How many characters a username has, at least and at most. */
export const shortestUsername = 3
export const longestUsername = 50

/**
 * A valid username, as typed: 3 to 50 ASCII letters, digits, hyphens and underscores.
 *
 * The rule and its message predate Dibs and stay as they are. Everything outside ASCII
 * is refused, so no Unicode normalisation or case folding (RFC 8265) is needed.
 */
export const Username = z
  .string()
  .check(
    z.minLength(shortestUsername, `Username must be at least ${shortestUsername} characters`),
    z.maxLength(longestUsername, `Username must be at most ${longestUsername} characters`),
    z.regex(/^[a-zA-Z0-9_-]+$/, 'Username can only contain letters, numbers, hyphens, and underscores'),
  )
  .brand<'Username'>()
export type Username = z.output<typeof Username>

/** The canonical form of a username: two usernames are the same name when their keys are equal. */
export type UsernameKey = string & z.$brand<'UsernameKey'>

/** Folds ASCII capitals, the only ones a valid username can have. */
export function usernameKey(username: Username): UsernameKey {
  return username.toLowerCase() as UsernameKey
}
