import * as z from 'zod/mini'
import { instant } from './instant.ts'
import { isStorable, longestPersonId } from './person-id.ts'
import { text } from './text.ts'
import { Username } from './username.ts'

/** Why an administrator does something, in their words; kept in the history. */
const note = z.optional(text(500))

export const ReserveUsernameInput = z.strictObject({
  username: Username,
  /** Why nobody may claim it. */
  because: z._default(text(200).check(z.minLength(1, 'Say why')), 'administrator'),
  /** The e-mail address of the one person who may claim it all the same. */
  for: z.optional(z.email().check(z.maxLength(254), z.toLowerCase())),
  note,
})
export const ReserveUsernameOutput = z.object({ reserved: z.string() })

export const FreeUsernameInput = z.strictObject({
  username: Username,
  /** Whether somebody's current name becomes anybody's now, without being held for them first. */
  atOnce: z._default(z.boolean(), false),
  note,
})
export const FreeUsernameOutput = z.object({
  released: z.string(),
  was: z.enum(['taken', 'held', 'reserved']),
  /** Until when it is held for its last owner: it was their current name, or came to be held just then. */
  heldUntil: z.nullable(instant),
})

/** How somebody is named: by their current @username, e-mail address or id, which may hold almost anything. */
const person = z.string().check(
  z.refine((value) => value.trim() !== '', 'Say who'),
  z.maxLength(longestPersonId, `Use at most ${longestPersonId} characters`),
  z.refine(isStorable, 'Remove the characters that cannot be stored'),
)

export const FindPersonInput = z.strictObject({ person })

export const TransferUsernameInput = z.strictObject({
  username: Username,
  /** Somebody as administrators name them, or by nothing but their id. */
  to: z.union([person, z.strictObject({ id: person })]),
  note,
})
export const TransferUsernameOutput = z.object({
  transferred: z.string(),
  from: z.nullable(z.string()),
  to: z.string(),
  /** The name that it replaced, which is held for them. */
  previous: z.nullable(z.string()),
})
