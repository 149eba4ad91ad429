import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setAdministrator } from '../../server/domain/people.ts'
import { newSeed } from '../race/random.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { anyCommands, people } from './model/commands.ts'
import { type Real, realOf } from './model/real.ts'
import { newModel } from './model/rules.ts'
import { realInRun } from './model/run.ts'

const seed = newSeed()

describe.each(engines)('any series of things that people do with names on %s', (engine) => {
  const administrator = somebody()
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    await setAdministrator(database.prisma, { person: administrator, administrator: true })
  })
  afterAll(() => database?.close())

  /** Runs series against the model and the procedures, each with names of its own, and shrinks the first that differs. */
  function differences(numRuns: number, broken: (real: Real, run: string) => Real = (real) => real) {
    const series = fc.commands(anyCommands(), { maxCommands: 60, size: 'max' })
    const property = fc.asyncProperty(series, async (commands) => {
      // Digits, which keep names apart as much as they were: none looks like another.
      const run = String(Number.parseInt(randomUUID().slice(0, 8), 16))
      const real = realInRun(broken(realOf(database, administrator, run), run), run)
      await real.enter(people)
      await fc.asyncModelRun(() => ({ model: newModel(), real }), commands)
    })
    return fc.check(property, { numRuns, seed })
  }

  test(`ends as the rules say (seed ${seed})`, { timeout: 300_000 }, async () => {
    const details = await differences(engine === 'embedded' ? 60 : 80)
    expect(details.failed, fc.defaultReportMessage(details)).toBe(false)
  })

  /** Defects to see that the model tells them. */
  const defects: Record<string, (real: Real, run: string) => Real> = {
    'a hold ended early': (real, run) => ({
      ...real,
      async claim(...asked) {
        await database.prisma.$executeRaw`
          UPDATE usernames SET held_until = held_until - interval '90 days' WHERE key LIKE ${`%-${run}`}`
        return real.claim(...asked)
      },
    }),
    'look-alikes were let in': (real, run) => ({
      ...real,
      async claim(...asked) {
        await database.prisma.$executeRaw`UPDATE usernames SET skeleton = NULL WHERE key LIKE ${`%-${run}`}`
        return real.claim(...asked)
      },
    }),
    'keys were ignored': (real) => ({ ...real, claim: (person, username) => real.claim(person, username) }),
  }
  // Whether the model tells them is the same on each engine.
  test.runIf(engine === engines.at(-1)).each(Object.entries(defects))(
    'would be seen to end otherwise if %s',
    { timeout: 300_000 },
    async (_, broken) => {
      const details = await differences(300, broken)
      expect(details.failed).toBe(true)
      // What is left of the series is short enough to read.
      expect(String(details.counterexample).split(',').length).toBeLessThan(12)
    },
  )
})
