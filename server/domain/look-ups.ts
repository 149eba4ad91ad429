import type { Username } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Database } from '../database/open.ts'
import { type Check, checkUsernames, type Standing } from './check.ts'
import { groupingOn } from './grouping.ts'
import { inGroups } from './in-groups.ts'
import type { NameRules } from './name-rules.ts'
import { type LookedUpProfile, publicProfiles } from './profile.ts'

/** Looks up names for anybody, those that are asked for at the same time in one statement. */
export interface LookUps {
  /** What claiming a name would meet at this moment. */
  check(check: Check): Promise<Standing>
  /** The profile under a name, where its owner went, or null. */
  profile(username: Username): Promise<LookedUpProfile | null>
}

/** The look-ups of one process in a database, by its rules. */
export function openLookUps(database: Pick<Database, 'query' | 'engine'>, rules: NameRules): LookUps {
  const grouping = groupingOn(database.engine)
  return {
    check: inGroups(
      elseAlone((checks: readonly Check[]) => checkUsernames(database.query, checks, rules)),
      grouping,
    ),
    profile: inGroups(
      elseAlone((usernames: readonly Username[]) => publicProfiles(database.query, usernames)),
      grouping,
    ),
  }
}

type LookUp<Item, End> = (items: readonly Item[]) => Promise<readonly (End | Promise<End>)[]>

/** Looks up each by itself where the statement for all failed, for what may be wrong with one of them. */
function elseAlone<Item, End>(lookUp: LookUp<Item, End>): LookUp<Item, End> {
  return async (items) => {
    try {
      return await lookUp(items)
    } catch (error) {
      if (items.length === 1 || ofAll.has(databaseFault(error)?.kind)) throw error
      return items.map(async (item) => (await lookUp([item]))[0] as End)
    }
  }
}

/** Faults that each would meet. */
const ofAll: ReadonlySet<string | undefined> = new Set(['unavailable', 'timeout'])
