import type { Username } from '../../shared/username.ts'
import type { Database } from '../database/open.ts'
import { type Check, checkUsernames, type Standing } from './check.ts'
import { groupingOn } from './grouping.ts'
import { inGroups } from './in-groups.ts'
import type { NameRules } from './name-rules.ts'
import { type FoundProfile, publicProfiles } from './profile.ts'

/** Looks up names for anybody, those that are asked for at the same time in one statement. */
export interface LookUps {
  /** What claiming a name would meet at this moment. */
  check(check: Check): Promise<Standing>
  /** The profile under a name, where its owner went, or null. */
  profile(username: Username): Promise<FoundProfile | null>
}

/** The look-ups of one process in a database, by its rules. */
export function openLookUps(
  { query, engine }: Pick<Database, 'query' | 'engine'>,
  rules: NameRules,
): LookUps {
  const grouping = groupingOn(engine)
  return {
    check: inGroups((checks: readonly Check[]) => checkUsernames(query, checks, rules), grouping),
    profile: inGroups((usernames: readonly Username[]) => publicProfiles(query, usernames), grouping),
  }
}
