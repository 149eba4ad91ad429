import * as z from 'zod/mini'
import { instant } from './instant.ts'
import { Username } from './username.ts'

/** Why a name changed. `recorded` and `seeded` are how names got into the history at its beginning. */
export const ChangeCause = z.enum([
  'recorded',
  'seeded',
  'claimed',
  'renamed',
  'respelled',
  'released',
  'deleted',
  'reserved',
  'freed',
  'transferred',
])
export type ChangeCause = z.output<typeof ChangeCause>

/** What a name is: somebody's current one, a former one held for them, reserved, or free. */
export const NameStatus = z.enum(['current', 'held', 'reserved', 'free'])
export type NameStatus = z.output<typeof NameStatus>

/** One change of one name. */
const Change = {
  /** Orders changes; larger is later. Digits. */
  id: z.string(),
  at: instant,
  cause: ChangeCause,
  /** The name as it is displayed. */
  username: z.string(),
  /** The name that this one replaced, or was replaced by. */
  counterpart: z.nullable(z.string()),
  /** What the name was from then on. */
  status: NameStatus,
  heldUntil: z.nullable(instant),
}

/** Pages backwards: those before a change's `id`. */
const page = {
  before: z.optional(z.string().check(z.regex(/^\d{1,18}$/, 'Use the id of a change'))),
  limit: z._default(z.int().check(z.minimum(1), z.maximum(100)), 50),
}

export const OwnHistoryInput = z.prefault(z.strictObject(page), {})
export const OwnHistoryOutput = z.object({
  /** The names that are held for them now, the one that is held longest first. */
  held: z.array(z.object({ username: z.string(), until: instant })),
  /** Latest first. */
  changes: z.array(
    z.object({
      ...Change,
      /** Whether somebody else did it: an administrator, or whoever runs the service. */
      byOthers: z.boolean(),
      /** Whether the name is theirs from then on. */
      theirs: z.boolean(),
    }),
  ),
  /** What `before` to ask for next; null at the end. */
  next: z.nullable(z.string()),
})
export type OwnHistory = z.output<typeof OwnHistoryOutput>

export const NameHistoryInput = z.strictObject({ username: Username, ...page })
export const NameHistoryOutput = z.object({
  changes: z.array(
    z.object({
      ...Change,
      /** Who did it; null for whoever runs the service. */
      actorId: z.nullable(z.string()),
      note: z.nullable(z.string()),
      ownerId: z.nullable(z.string()),
      /** Whom it happened to. */
      personId: z.nullable(z.string()),
      reservedBecause: z.nullable(z.string()),
      reservedFor: z.nullable(z.string()),
    }),
  ),
  next: z.nullable(z.string()),
})
export type NameHistory = z.output<typeof NameHistoryOutput>

/** Who somebody is: their current username, and their e-mail address where Dibs signs people in. */
export const KnownPerson = z.object({
  id: z.string(),
  username: z.nullable(z.string()),
  email: z.nullable(z.string()),
})
export type KnownPerson = z.output<typeof KnownPerson>

export const WhoHeldInput = z.strictObject({
  username: Username,
  at: z.optional(instant.check(z.refine((at) => !at.startsWith('0000'), 'There was no year 0'))),
})
export const WhoHeldOutput = z.object({
  username: z.string(),
  at: instant,
  status: NameStatus,
  /** Its owner at the time, or its last one where it was held. */
  person: z.nullable(KnownPerson),
  since: z.nullable(instant),
  heldUntil: z.nullable(instant),
  reservedBecause: z.nullable(z.string()),
  reservedFor: z.nullable(z.string()),
})
export type WhoHeld = z.output<typeof WhoHeldOutput>
