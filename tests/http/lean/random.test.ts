import type { AnyTRPCRouter } from '@trpc/server'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestsFor } from './random.ts'
import { setups } from './setups.ts'
import { differences, lean, type Server, serverOf, stock } from './twins.ts'
import { wrong } from './wrong.ts'

const options = setups['a formatter']
if (options === undefined) throw new Error('the setup is missing')
const router: AnyTRPCRouter = options.router
const paths = Object.keys(router._def.procedures)
  .filter((path) => /^(inputs|change|passing)\./.test(path))
  .concat('lazy.one', 'inputs.none,inputs.any')

describe('any request', () => {
  let twins: [stock: Server, lean: Server]
  beforeAll(async () => {
    twins = [await serverOf(stock, options), await serverOf(lean, options)]
  })
  afterAll(() => Promise.all(twins?.map(({ close }) => close())))

  test('is answered over the lean route as by tRPC itself', async () => {
    let leanly = 0
    await fc.assert(
      fc.asyncProperty(requestsFor(paths), async (sent) => {
        expect(await differences(...twins, [sent])).toEqual([])
        if ((await twins[1].ask(sent)).framing === 'length') leanly += 1
      }),
      { numRuns: 500 },
    )
    expect(leanly).toBeGreaterThan(100)
  })

  test('would tell of a route that is wrong', async () => {
    const plausible = wrong['one as it is first written']
    if (plausible === undefined) throw new Error('nothing is wrong')
    const other = await serverOf(plausible, options)
    const same = fc.asyncProperty(
      requestsFor(paths),
      async (sent) => (await differences(twins[0], other, [sent])).length === 0,
    )
    expect((await fc.check(same, { numRuns: 100, endOnFailure: true })).failed).toBe(true)
    await other.close()
  })
})
