import type { NameRules } from '../../server/domain/name-rules.ts'

/** As they are where an operator decides nothing. */
export const usualRules: NameRules = { holdDays: 90, lookAlikes: 'refuse', renames: { most: 5, days: 30 } }

/** For races, in which people rename more often than anybody would. */
export const anyRenames: NameRules = { ...usualRules, renames: null }
