import type { Fault } from './fault.ts'
import { resetAtCommits } from './reset-at-commits.ts'

export const resetAfterCommit: Fault = {
  name: 'reset-after-commit',
  what: 'connections to the database that are reset when a commit was done, in place of its answer',
  databases: ['postgres', 'patroni'],
  inject: (system, random) => resetAtCommits(system, random, 'after'),
}
