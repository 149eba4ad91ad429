import type * as z from 'zod/mini'
import { type OwnProfile, type ProfileChanges, ProfileFields } from '../../../shared/schemas.ts'

export type Fields = z.output<typeof ProfileFields>
/** Those of them that are changed. */
export type Changes = z.output<typeof ProfileChanges>

const names = Object.keys(ProfileFields.shape) as (keyof Fields)[]

/** What somebody has changed of their profile and not saved, and the profile that they saw while doing so. */
export interface Draft {
  readonly base: OwnProfile
  readonly edits: Partial<Fields>
}

/** The draft after one more edit; an edit that restores what was there before is none. */
export function edited(draft: Draft | null, me: OwnProfile, edit: Partial<Fields>): Draft | null {
  const base = draft?.base ?? me
  const all = { ...draft?.edits, ...edit }
  const edits = Object.fromEntries(
    Object.entries(all).filter(([name, value]) => base[name as keyof Fields] !== value),
  )
  return Object.keys(edits).length === 0 ? null : { base, edits }
}

/** What is left of a draft once it was saved as sent: what was changed since, on the profile as saved. */
export function unsaved(draft: Draft | null, sent: Draft, saved: OwnProfile): Draft | null {
  const then = { ...sent.base, ...sent.edits }
  // One that came back to its base meanwhile is null, and that too is a change.
  const now = { ...(draft?.base ?? sent.base), ...draft?.edits }
  const since = differences(then, now).map((name) => [name, now[name]])
  return edited(null, saved, Object.fromEntries(since))
}

/** The version to save upon unasked: nothing shown changed since, or only into what is wanted. */
export function versionUpon(base: OwnProfile, wanted: Changes, theirs: OwnProfile): number | undefined {
  return differences(base, theirs).every((name) => theirs[name] === wanted[name]) ? theirs.version : undefined
}

/** The fields in which two profiles differ. */
export function differences(a: Fields, b: Fields): (keyof Fields)[] {
  return names.filter((name) => a[name] !== b[name])
}
