import * as z from 'zod'
import { Username } from './username.ts'

/**
 * Text that PostgreSQL stores and JSON carries unchanged: no control characters (NUL among
 * them) but line breaks where allowed, and no lone surrogates (RFC 3629 excludes them).
 */
function text(most: number, { multiline = false } = {}) {
  const refused = multiline ? /[\p{Cs}]|(?!\n)[\p{Cc}]/u : /[\p{Cs}\p{Cc}]/u
  return z
    .string()
    .trim()
    .max(most, `Use at most ${most} characters`)
    .refine((value) => !refused.test(value), 'Remove the characters that cannot be shown')
}

/** A colour as `#rrggbb`. */
const AccentColour = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'Use a colour like #3b82f6')
  .toLowerCase()

/** An instant as ISO 8601 in UTC. */
const instant = z.iso.datetime()

/** What a person says about themselves; an empty text is one they left out. */
const shown = {
  displayName: z.string(),
  bio: z.string(),
  pronouns: z.string(),
  role: z.string(),
  company: z.string(),
  accentColour: z.string().nullable(),
}

/** A profile as anybody sees it. */
export const PublicProfile = z.object({ username: z.string(), claimedAt: instant, ...shown })
export type PublicProfile = z.output<typeof PublicProfile>

/** A profile as its own person sees it; `version` counts edits and is 0 before the first. */
export const OwnProfile = z.object({
  username: z.string().nullable(),
  claimedAt: instant.nullable(),
  ...shown,
  version: z.int().nonnegative(),
})
export type OwnProfile = z.output<typeof OwnProfile>

export const ClaimUsernameInput = z.strictObject({ username: Username })
export const ClaimUsernameOutput = z.object({
  /** The name as it is displayed. */
  username: z.string(),
  /** Its canonical key. */
  key: z.string(),
  claimedAt: instant,
  /** The name that this claim replaced, as it was displayed. */
  previous: z.string().optional(),
})

export const CheckUsernameInput = z.strictObject({ username: Username })
export const UsernameStatus = z.enum(['available', 'yours', 'taken', 'reserved', 'held'])
export type UsernameStatus = z.output<typeof UsernameStatus>
export const CheckUsernameOutput = z.object({
  status: UsernameStatus,
  suggestions: z.array(z.string()),
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
  accentColour: AccentColour.nullable(),
})

export const UpdateProfileInput = z.strictObject({
  ...ProfileFields.partial().shape,
  /** The version this change is based on, from `profile.me`. */
  version: z.int32().nonnegative(),
})
export type UpdateProfileInput = z.output<typeof UpdateProfileInput>
