import { expect, test } from 'vitest'
import { readOptions } from '../command/options.ts'
import { newClockMoves } from '../faults/clock-moves.ts'
import type { Fault } from '../faults/fault.ts'
import { scheduleFaults } from '../faults/schedule.ts'
import type { Result } from '../result.ts'
import { newProgress } from '../run.ts'
import type { OpenSystem } from '../system/open-system.ts'
import { resultOf } from './result-of.ts'

const nothing: OpenSystem = {
  database: 'embedded',
  servers: [],
  postgres: null,
  failover: null,
  versions: {},
  crowds: [],
  restarts: [],
  worksOnForMs: 0,
  stopAndOpen: () => Promise.reject(new Error('there is no database')),
  close: async () => {},
}

/** What a run came to in which all is well but for what a fault did, of those that were asked for. */
async function resultWith(inject: Fault['inject'], asked = 'all'): Promise<Result> {
  const progress = newProgress(readOptions(['--faults', asked], new Date()))
  const counts = { calls: 1, unknown: 0, judged: 1, steps: 1, checkMs: 1 }
  progress.rounds.push({ number: 0, mix: 'even', ...counts, verdict: 'linearizable', explanations: [] })
  const flood: Fault = { name: 'flood', what: 'water', databases: ['embedded'], inject }
  const schedule = scheduleFaults(nothing, [flood], {
    random: () => 0.5,
    pauseMs: 1,
    isInUse: () => true,
    moveClock: newClockMoves().move,
  })
  progress.schedule = schedule
  await expect.poll(() => schedule.happened.length).toBeGreaterThan(0)
  await schedule.stop()
  return resultOf(progress, { command: '', now: new Date() })
}

test('a run with a fault that was made is proved', async () => {
  expect(await resultWith(async () => 'wet')).toMatchObject({ verdict: 'proved', undecided: [] })
})

test('a run with a fault that could not be made is undecided, and says why', async () => {
  const { verdict, undecided } = await resultWith(() => Promise.reject(new Error('there is no water')))
  expect(verdict).toBe('undecided')
  expect(undecided).toContain('the fault flood could not be made: there is no water')
})

test('a run without a fault that was asked for by its name is undecided, and says what to do', async () => {
  expect(await resultWith(async () => 'wet', 'flood')).toMatchObject({ verdict: 'proved' })
  const { verdict, undecided } = await resultWith(async () => 'wet', 'flood,fire')
  expect(verdict).toBe('undecided')
  expect(undecided).toEqual(['the fault fire never came up: run it for longer, or with a shorter --pause'])
})
