import { randomUUID } from 'node:crypto'
import type { EngineName } from '../../server/database/engine.ts'
import type { Person } from '../../server/domain/person.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, contextOf } from '../support/people.ts'
import { endingOf, type Made } from './ending.ts'
import type { BrokenName, Implementation } from './implementations.ts'
import { violationsInRows } from './rows.ts'
import { violationsAmong } from './violations.ts'

/** A database, and a way to claim names in it that a race puts to the test. */
export interface World {
  readonly database: TestDatabase
  /** Claims a name, in the way under test. */
  claim(person: Person, username: string): Promise<Made>
  /** Claims a name in our way, to set the scene; answers that claim as one of the race's. */
  given(person: Person, username: string): Promise<Made>
  /** What is wrong with the answers, and with the rows that they left. */
  judge(made: readonly Made[]): Promise<string[]>
  close(): Promise<void>
}

export interface Race {
  readonly name: string
  /** Needs sessions that wait for each other, which the embedded database does not have. */
  readonly onlyOn?: EngineName
  /** The broken claims that it notices, at the least. */
  readonly notices: readonly [BrokenName, ...BrokenName[]]
  /** Runs the race once, with names of its own. Answers what is wrong, a sentence each. */
  run(world: World): Promise<string[]>
}

export async function openWorld(engine: EngineName, implementation: Implementation): Promise<World> {
  const database = await openTestDatabase(engine, { poolSize: 20 })
  await implementation.prepare?.(database.prisma)
  return {
    database,
    async claim(person, username) {
      const { profile } = implementation.callerIn(contextOf(database, { person }))
      return { personId: person.id, username, ending: await endingOf(profile.claimUsername({ username })) }
    },
    async given(person, username) {
      const answer = await callerOf(database, person).profile.claimUsername({ username })
      return { personId: person.id, username, ending: { kind: 'CLAIMED', ...answer } }
    },
    async judge(made) {
      return [...violationsAmong(made), ...(await violationsInRows(database.prisma, made))]
    },
    close: () => database.close(),
  }
}

/** A name that nobody has. */
export function freshName(stem: string): string {
  return `${stem}-${randomUUID().slice(0, 13)}`
}

export function times<T>(many: number, make: (at: number) => T): T[] {
  return Array.from({ length: many }, (_, at) => make(at))
}
