import { randomUUID } from 'node:crypto'
import type { Database } from '../../server/database/open.ts'
import { openClaims } from '../../server/domain/claims.ts'
import { openLookUps } from '../../server/domain/look-ups.ts'
import type { Person } from '../../server/domain/person.ts'
import { createWatches } from '../../server/domain/watches.ts'
import { createCaller } from '../../server/router.ts'
import type { Context } from '../../server/trpc/context.ts'
import { silent } from './database.ts'
import { anyRenames } from './rules.ts'

/** What a procedure is given, for tests that call it without HTTP. */
export function contextOf(database: Database, overrides: Partial<Context> = {}): Context {
  const { rules = anyRenames } = overrides
  return {
    person: null,
    requestId: randomUUID(),
    address: '127.0.0.1',
    log: silent,
    database,
    rules,
    limits: null,
    watches: createWatches(database),
    claims: openClaims(database, rules),
    lookUps: openLookUps(database, rules),
    ...overrides,
  }
}

export function somebody(name = 'Somebody'): Person {
  return { id: randomUUID(), name }
}

/** The procedures as one person calls them; as a stranger for null. */
export function callerOf(database: Database, person: Person | null = somebody()) {
  return createCaller(contextOf(database, { person }))
}
