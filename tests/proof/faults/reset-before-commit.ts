import type { Fault } from './fault.ts'
import { resetAtCommits } from './reset-at-commits.ts'

export const resetBeforeCommit: Fault = {
  name: 'reset-before-commit',
  what: 'connections to the database that are reset in place of passing a commit on',
  databases: ['postgres', 'patroni'],
  inject: (system, random) => resetAtCommits(system, random, 'before'),
}
