import * as z from 'zod/mini'
import { instant } from './instant.ts'
import { text } from './text.ts'
import { Username } from './username.ts'

/** A colour as `#rrggbb`. */
const AccentColour = z
  .string()
  .check(z.regex(/^#[0-9a-fA-F]{6}$/, 'Use a colour like #3b82f6'), z.toLowerCase())

/** What a person says about themselves; an empty text is one they left out. */
const shown = {
  displayName: z.string(),
  bio: z.string(),
  pronouns: z.string(),
  role: z.string(),
  company: z.string(),
  accentColour: z.nullable(z.string()),
}

/** A profile as anybody sees it. */
export const PublicProfile = z.object({ username: z.string(), claimedAt: instant, ...shown })
export type PublicProfile = z.output<typeof PublicProfile>

/** A profile as its own person sees it; `version` counts edits and is 0 before the first. */
export const OwnProfile = z.object({
  username: z.nullable(z.string()),
  claimedAt: z.nullable(instant),
  ...shown,
  version: z.int().check(z.nonnegative()),
  /** For how many days a name that they give up is held for them. */
  holdDays: z.int().check(z.nonnegative()),
  administrator: z.boolean(),
})
export type OwnProfile = z.output<typeof OwnProfile>

/**
 * A key of the caller's for one thing to do: the same key within 24 hours answers the same, once
 * it was done. At most 255 visible ASCII characters; a random UUID serves.
 */
export const IdempotencyKey = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,255}$/, 'Use 1 to 255 visible ASCII characters, a random UUID for instance'))

export const ClaimUsernameInput = z.strictObject({
  username: Username,
  idempotencyKey: z.optional(IdempotencyKey),
})
export const ClaimUsernameOutput = z.object({
  /** The name as it is displayed. */
  username: z.string(),
  /** Its canonical key. */
  key: z.string(),
  claimedAt: instant,
  /** The name that this claim replaced, as it was displayed. */
  previous: z.optional(z.string()),
  /** Until when that one is held for its last owner. */
  previousHeldUntil: z.optional(instant),
})

export const ReleaseUsernameInput = z.prefault(
  z.strictObject({
    /** The one that is meant, where it may have become another one since it was seen. */
    username: z.optional(Username),
    idempotencyKey: z.optional(IdempotencyKey),
  }),
  {},
)
export const ReleaseUsernameOutput = z.object({
  /** The name as it was displayed. */
  released: z.string(),
  heldUntil: instant,
})

export const CheckUsernameInput = z.strictObject({ username: Username })
export const UsernameStatus = z.enum(['available', 'yours', 'taken', 'reserved', 'held', 'too-similar'])
export type UsernameStatus = z.output<typeof UsernameStatus>
export const CheckUsernameOutput = z.object({
  status: UsernameStatus,
  suggestions: z.array(z.string()),
  /** For a name that is held: until when. */
  until: z.optional(instant),
  /** For one that is too similar: to what, if that is public. */
  resembles: z.optional(z.string()),
})

export const WatchUsernameInput = z.strictObject({ username: Username })
export const WatchUsernameOutput = z.object({ status: UsernameStatus })

export const GetProfileInput = z.strictObject({ username: Username })
export const GetProfileOutput = z.union([
  PublicProfile,
  /** A former name: the current name of its owner. */
  z.object({ movedTo: z.string() }),
])

/** The fields of a profile as a person may set them. */
export const ProfileFields = z.strictObject({
  displayName: text(80),
  bio: text(500, { multiline: true }),
  pronouns: text(40),
  role: text(80),
  company: text(80),
  accentColour: z.nullable(AccentColour),
})

/** Those of them that somebody changes. */
export const ProfileChanges = z.partial(ProfileFields)

export const UpdateProfileInput = z.strictObject({
  ...ProfileChanges.shape,
  /** The version this change is based on, from `profile.me`. */
  version: z.int32().check(z.nonnegative()),
})
export type UpdateProfileInput = z.output<typeof UpdateProfileInput>
