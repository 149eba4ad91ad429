import { describe, expect, test } from 'vitest'
import { defectsOf, verdictsOn } from './goals/goals.ts'
import { line, rates, results } from './made-up.ts'
import type { OpenLine } from './open.ts'
import { goalsTable } from './report/report.ts'

const verdictOn = (goal: RegExp, made: Parameters<typeof results>[0]) => {
  const found = verdictsOn(results(made)).find((verdict) => goal.test(verdict.goal))
  return found && [found.verdict, found.measured]
}

describe('goals', () => {
  test('are met or missed by the worst number of connections', () => {
    const closed = [
      line('dibs', 'win', 1, rates(95, 96, 97)),
      line('by-hand', 'win', 1, rates(100, 100, 100)),
      line('dibs', 'win', 64, rates(1600, 1500, 1700)),
      line('by-hand', 'win', 64, rates(1000, 1000, 1000)),
    ]
    expect(verdictOn(/^winning claims, against by hand$/, { closed })).toEqual([
      'missed',
      '0.96× (0.95 to 0.97), at 1',
    ])
    expect(verdictOn(/^winning claims, against by hand, at 32/, { closed })).toEqual([
      'met',
      '1.60× (1.50 to 1.70), at 64',
    ])
  })

  test('are not measured where something to compare is missing', () => {
    const closed = [line('dibs', 'win', 64, rates(1600))]
    expect(verdictOn(/^winning claims, against by hand$/, { closed })).toEqual(['not measured', ''])
    expect(goalsTable(results({ closed }))).not.toContain('by hand')
  })

  test('are void where Dibs was at fault, and not where others were', () => {
    const dibs = line('dibs', 'lose', 64, [{ perSecond: 30, defects: { 500: 1 } }])
    const stock = line('stock', 'lose', 64, [{ perSecond: 1, defects: { 500: 9 } }])
    const well = line('dibs', 'lose', 64, rates(30))
    expect(verdictOn(/stock/, { closed: [dibs, stock] })).toEqual(['void', '30.00× (30.00 to 30.00), at 64'])
    expect(defectsOf(results({ closed: [dibs, stock] }))).toEqual(['dibs, lose: 1 × 500'])
    expect(verdictOn(/stock/, { closed: [well, stock] })?.[0]).toBe('met')
  })

  test('of what a loser costs the database forgive what it does on its own, and nothing else', () => {
    const costs = (more: object) => ({ closed: [line('dibs', 'lose', 64, [{ xids: 0.001, ...more }])] })
    expect(verdictOn(/per losing claim/, costs({ walBytes: 0.2 }))).toEqual(['met', '0 / 0 / 0 / 0'])
    expect(verdictOn(/per losing claim/, costs({ sessions: 1 }))).toEqual(['missed', '0 / 0 / 0 / 1.00'])
  })

  test('of latency are missed by the greatest', () => {
    const latency = (p99: number) => ({ p50: 1, p99, p999: 9 })
    const of = (contestant: OpenLine['contestant'], all: number, each: number[]): OpenLine => ({
      ...{ contestant, operation: 'win', share: 0.3, perSecond: 300, latency: latency(all) },
      rounds: each.map((p99) => ({ latency: latency(p99), lag: latency(0), unanswered: 0, defects: {} })),
    })
    const open = [of('dibs', 120, [130, 90]), of('by-hand', 100, [100, 100])]
    expect(verdictOn(/^p99/, { open })).toEqual(['missed', '1.20× (0.90 to 1.30), win, 300/s'])
  })

  test('of growth compare the most names with the fewest', () => {
    const growth = [
      line('dibs', 'win', 16, rates(1000), 10_000),
      line('dibs', 'win', 16, rates(980), 1_000_000),
      line('dibs', 'win', 16, rates(800), 10_000_000),
    ]
    expect(verdictOn(/10 million/, { growth })).toEqual([
      'missed',
      '1.25× (1.25 to 1.25), win, 10,000,000 against 10,000',
    ])
  })

  test('of types are about what each further procedure costs', () => {
    const size = (procedures: number, instantiations: number) => ({
      procedures,
      instantiations,
      types: 0,
      checkTime: 0,
      memory: 0,
    })
    const types = (last: number) => ({
      types: { compiler: '', sizes: [size(2, 1020), size(20, 1200), size(200, last)] },
    })
    expect(verdictOn(/^tsc/, types(3000))?.[0]).toBe('met')
    expect(verdictOn(/^tsc/, types(19_000))?.[0]).toBe('missed')
  })
})
