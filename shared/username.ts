import * as z from 'zod/mini'

/**
 * A valid username, as typed: 3 to 50 ASCII letters, digits, hyphens and underscores.
 *
 * The rule and its message predate Dibs and stay as they are. Everything outside ASCII
 * is refused, so no Unicode normalisation or case folding (RFC 8265) is needed.
 */
export const Username = z
  .string()
  .check(
    z.minLength(3, 'Username must be at least 3 characters'),
    z.maxLength(50, 'Username must be at most 50 characters'),
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
