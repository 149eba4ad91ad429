import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSeed } from '../race/random.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { anySteps, type ClaimGroup, claimGroupOn, type Step } from './model/groups.ts'
import { explain } from './model/orders.ts'
import { realOf } from './model/real.ts'
import * as rules from './model/rules.ts'
import { realInRun } from './model/run.ts'

const seed = newSeed()

describe.each(engines)('any groups of claims on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  /** Runs steps against the model, those of each run with names of its own. */
  function differences(
    parameters: fc.Parameters<unknown>,
    broken: (claim: ClaimGroup) => ClaimGroup = (claim) => claim,
  ) {
    const property = fc.asyncProperty(anySteps(), fc.boolean(), async (steps, expectsLoss) => {
      const run = String(Number.parseInt(randomUUID().slice(0, 8), 16))
      const claim = broken(claimGroupOn(database, run, expectsLoss))
      const real = realInRun(realOf(database, somebody(), run), run)
      let models = [rules.newModel()]
      for (const step of steps) models = await after(models, step, claim, real)
    })
    return fc.check(property, { ...parameters, seed })
  }

  test(`end as they would in some order (seed ${seed})`, { timeout: 300_000 }, async () => {
    const details = await differences({ numRuns: engine === 'embedded' ? 30 : 80 })
    expect(details.failed, fc.defaultReportMessage(details)).toBe(false)
  })

  /** Defects to see that the model tells them. */
  const defects: Record<string, (claim: ClaimGroup) => ClaimGroup> = {
    'keys were ignored': (claim) => (claims) => claim(claims.map((one) => ({ ...one, key: undefined }))),
    'all heard what the first did': (claim) => async (claims) => {
      const [first = ''] = await claim(claims)
      return claims.map(() => first)
    },
    'none heard what they gave up': (claim) => async (claims) =>
      (await claim(claims)).map((end) => end.replace(/ instead of .*/, '')),
  }
  // Whether the model tells them is the same on each engine.
  test.runIf(engine === engines.at(-1)).each(Object.entries(defects))(
    'would be seen if %s',
    { timeout: 300_000 },
    async (_, broken) => {
      expect((await differences({ numRuns: 300, endOnFailure: true }, broken)).failed).toBe(true)
    },
  )
})

async function after(
  models: readonly rules.Model[],
  step: Step,
  claim: ClaimGroup,
  real: ReturnType<typeof realOf>,
): Promise<rules.Model[]> {
  const inEach = (act: (model: rules.Model) => unknown) => {
    for (const model of models) act(model)
    return [...models]
  }
  if ('days' in step) {
    await real.pass(step.days)
    return inEach((model) => {
      model.day += step.days
    })
  }
  if ('forgets' in step) {
    await real.forget(step.forgets)
    return inEach((model) => rules.forget(model, step.forgets))
  }
  if ('releases' in step) {
    const said = await real.release(step.releases)
    const agreeing = models.filter((model) => rules.release(model, step.releases) === said)
    expect(agreeing, `${step.releases} releases: ${said}`).not.toEqual([])
    return agreeing
  }
  const { claims, split } = step
  const parts = [claims.slice(0, split), claims.slice(split)].filter((part) => part.length > 0)
  const ends = (await Promise.all(parts.map(claim))).flat()
  const explained = explain(models, claims, ends)
  const told = claims.map((one, at) => `${one.person} claims ${one.username} (${one.key}): ${ends[at]}`)
  expect(explained, told.join(', ')).not.toEqual([])
  return explained
}
