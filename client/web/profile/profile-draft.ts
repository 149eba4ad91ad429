import type * as z from 'zod/mini'
import { type OwnProfile, ProfileFields } from '../../../shared/schemas.ts'

export type Fields = z.output<typeof ProfileFields>

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

/**
 * The version that saving a draft has to be based on. Where the profile has changed since, but in
 * nothing that is shown (a first claim makes it one), that is no change to ask about.
 */
export function versionToSave(draft: Draft, me: OwnProfile): number {
  return differences(draft.base, me).length === 0 ? me.version : draft.base.version
}

/** The fields in which two profiles differ. */
export function differences(a: Fields, b: Fields): (keyof Fields)[] {
  return names.filter((name) => a[name] !== b[name])
}
