import * as z from 'zod/mini'
import { OwnProfile, type ProfileFields, PublicProfile } from '../../shared/schemas.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import type { Query } from '../database/query.ts'
import type { NameRules } from './name-rules.ts'
import { isForgotten } from './people.ts'
import type { Person } from './person.ts'

type Fields = z.output<typeof ProfileFields>

const shown = {
  displayName: true,
  bio: true,
  pronouns: true,
  role: true,
  company: true,
  accentColour: true,
} satisfies Record<keyof Fields, true>

const own = {
  ...shown,
  version: true,
  administrator: true,
  username: { select: { display: true, claimedAt: true } },
} as const

type OwnRow = Prisma.ProfileGetPayload<{ select: typeof own }>

/** A person's profile beside their current name, if they have one. */
const FoundOwnRow = z.extend(z.omit(OwnProfile, { holdDays: true }), {
  claimedAt: z.nullable(z.date()),
  forgotten: z.boolean(),
})

/**
 * A person's own profile; before there is one, an empty one of version 0 under their name; null where their
 * account was deleted.
 *
 * In one statement, which sees one moment: read one after the other, as Prisma does it, the name
 * of the profile may have been given up in between, and they would seem to have none.
 */
export async function ownProfile(
  query: Query,
  person: Person,
  { holdDays }: Rules,
): Promise<OwnProfile | null> {
  const rows = await query`
    SELECT current.display AS username, current.claimed_at AS "claimedAt",
           p.display_name AS "displayName", p.bio, p.pronouns, p.role, p.company,
           p.accent_colour AS "accentColour", p.version, p.administrator,
           p.forgotten_at IS NOT NULL AS forgotten
    FROM profiles p
    LEFT JOIN usernames current ON current.owner_id = p.id AND current.key = p.username_key
    WHERE p.id = ${person.id}`
  const [row] = rows
  if (row === undefined) return { ...emptyProfile, displayName: person.name, holdDays }
  const { claimedAt, forgotten, ...fields } = FoundOwnRow.parse(row)
  if (forgotten) return null
  return { ...fields, claimedAt: claimedAt?.toISOString() ?? null, holdDays }
}

const emptyProfile: Omit<OwnProfile, 'holdDays'> = {
  username: null,
  claimedAt: null,
  displayName: '',
  bio: '',
  pronouns: '',
  role: '',
  company: '',
  accentColour: null,
  version: 0,
  administrator: false,
}

type Rules = Pick<NameRules, 'holdDays'>

function toOwnProfile({ username, ...fields }: OwnRow, rules: Rules): OwnProfile {
  return {
    ...fields,
    holdDays: rules.holdDays,
    username: username?.display ?? null,
    claimedAt: username?.claimedAt?.toISOString() ?? null,
  }
}

/** What a name leads to: its owner's profile and their current name, which may be another one. */
const FoundRow = z.object({
  key: z.string(),
  currentKey: z.string(),
  ...PublicProfile.shape,
  username: Username,
  claimedAt: z.date(),
})
const FoundRows = z.array(FoundRow)

export type LookedUpProfile = PublicProfile | { movedTo: Username }

/**
 * The profiles under names; for a former name, where its owner went, until somebody else takes
 * it; null for one that is nobody's, or whose owner has no name now.
 *
 * In one statement, which sees one moment: read one after the other, as Prisma does it, a name and
 * its owner may have parted in between.
 */
export async function publicProfiles(
  query: Query,
  usernames: readonly Username[],
): Promise<(LookedUpProfile | null)[]> {
  const keys = usernames.map(usernameKey)
  // LIMIT keeps each name a look-up by key: a session keeps the plan that it made while the table was small,
  // and a join would go on reading the whole of it. How long the list of a subquery is the planner can't
  // see, and for a short one it would plan anew each time.
  const rows = await query`
    SELECT found.*
    FROM unnest((SELECT ${keys}::text[])) AS wanted(key)
    CROSS JOIN LATERAL (
      SELECT asked.key, current.key AS "currentKey", current.display AS username, current.claimed_at AS "claimedAt",
             p.display_name AS "displayName", p.bio, p.pronouns, p.role, p.company,
             p.accent_colour AS "accentColour"
      FROM usernames asked
      JOIN profiles p ON p.id = asked.owner_id
      JOIN usernames current ON current.owner_id = p.id AND current.key = p.username_key
      WHERE asked.key = wanted.key
      LIMIT 1
    ) AS found`
  const found = new Map(FoundRows.parse(rows).map((row) => [row.key, shownOf(row)]))
  return keys.map((key) => found.get(key) ?? null)
}

function shownOf({ key, currentKey, claimedAt, ...fields }: z.output<typeof FoundRow>): LookedUpProfile {
  if (key !== currentKey) return { movedTo: fields.username }
  return { ...fields, claimedAt: claimedAt.toISOString() }
}

/** The change of a profile that is based on a version of it. */
export interface ProfileChange {
  readonly person: Person
  /** 0 before the first edit. */
  readonly version: number
  readonly fields: { readonly [F in keyof Fields]?: Fields[F] | undefined }
}

/**
 * Changes a profile if it still has the version that the change is based on (optimistic
 * concurrency); says so when it has another, or when the account of whoever changes it was deleted.
 *
 * A claim may enter the profile between reading version 0 and this: still version 0, since
 * claiming is not an edit.
 */
export async function updateProfile(
  prisma: PrismaClient,
  { person, version, fields }: ProfileChange,
  rules: Rules,
): Promise<OwnProfile | 'changed' | 'forgotten'> {
  const data = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  if (version === 0) {
    const empty = { id: person.id, displayName: person.name }
    await prisma.profile.createMany({ data: empty, skipDuplicates: true })
  }
  try {
    // Nobody acts as somebody whose account was deleted.
    const where = { id: person.id, version, forgottenAt: null }
    const row = await prisma.profile.update({
      where,
      data: { ...data, version: { increment: 1 } },
      select: own,
    })
    return toOwnProfile(row, rules)
  } catch (error) {
    if (databaseFault(error)?.kind !== 'gone') throw error
    return (await isForgotten(prisma, person.id)) ? 'forgotten' : 'changed'
  }
}
