import { clockJump } from './clock-jump.ts'
import { connectionsRefused } from './connections-refused.ts'
import { connectionsReset } from './connections-reset.ts'
import { databaseSilent } from './database-silent.ts'
import { databaseUnreachable } from './database-unreachable.ts'
import { deadlock } from './deadlock.ts'
import { embeddedKilledMidWrite } from './embedded-killed-mid-write.ts'
import { etcdKilled } from './etcd-killed.ts'
import type { Fault } from './fault.ts'
import { lockTimeout } from './lock-timeout.ts'
import { poolExhausted } from './pool-exhausted.ts'
import { postgresKilled } from './postgres-killed.ts'
import { primaryCrashed } from './primary-crashed.ts'
import { primaryKilled } from './primary-killed.ts'
import { primaryPartitioned } from './primary-partitioned.ts'
import { resetAfterCommit } from './reset-after-commit.ts'
import { resetBeforeCommit } from './reset-before-commit.ts'
import { serverKilled } from './server-killed.ts'
import { serverPaused } from './server-paused.ts'
import { sessionsTerminated } from './sessions-terminated.ts'
import { slowNetwork } from './slow-network.ts'
import { stalledNetwork } from './stalled-network.ts'
import { standbysKilled } from './standbys-killed.ts'
import { statementTimeout } from './statement-timeout.ts'

/** All that can go wrong. */
export const faults: readonly Fault[] = [
  serverKilled,
  serverPaused,
  embeddedKilledMidWrite,
  postgresKilled,
  connectionsReset,
  resetBeforeCommit,
  resetAfterCommit,
  slowNetwork,
  stalledNetwork,
  databaseSilent,
  databaseUnreachable,
  poolExhausted,
  lockTimeout,
  statementTimeout,
  deadlock,
  sessionsTerminated,
  connectionsRefused,
  primaryKilled,
  primaryPartitioned,
  primaryCrashed,
  standbysKilled,
  etcdKilled,
  clockJump,
]
