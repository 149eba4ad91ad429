import type { LookAlikes } from '../../shared/look-alikes.ts'

/** What an operator decides about names. */
export interface NameRules {
  /** For how many days a name that was given up is held for its last owner. */
  readonly holdDays: number
  readonly lookAlikes: LookAlikes
  /** How many renames a person has in how many days; null for any number. */
  readonly renames: { readonly most: number; readonly days: number } | null
}
