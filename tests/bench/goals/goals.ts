import type { Line } from '../closed.ts'
import { figure } from '../report/table.ts'
import type { Results } from '../results.ts'
import {
  growthOf,
  growthOfTypes,
  latencyAlone,
  lossesOf,
  type Measured,
  memoryOf,
  rateOver,
  rpcOverRest,
  seconds,
  tailOver,
} from './measured.ts'

/** What became of a goal; void where the server was at fault while it was measured. */
export interface Verdict {
  readonly goal: string
  readonly target: string
  readonly measured: string
  readonly verdict: 'met' | 'missed' | 'void' | 'not measured' | 'no goal'
}

interface Goal {
  readonly goal: string
  /** Absent where nothing is to be reached, but whoever compares wants to know. */
  readonly target?: string
  isMet?(value: number): boolean
  /** Where it is worst. */
  measure(results: Results): Measured
}

/** With so many connections servers are as busy as they can be. */
const busy = 32

const atLeast = (least: number) => (value: number) => value >= least
const atMost = (most: number) => (value: number) => value <= most

const goals: readonly Goal[] = [
  {
    goal: 'winning claims, against by hand',
    target: '≥ 1.0×',
    isMet: atLeast(1),
    measure: ({ closed }) => rateOver(closed, { operation: 'win', of: 'dibs', over: 'by-hand', least: 1 }),
  },
  {
    goal: `winning claims, against by hand, at ${busy} and more connections`,
    target: '≥ 1.5×',
    isMet: atLeast(1.5),
    measure: ({ closed }) => rateOver(closed, { operation: 'win', of: 'dibs', over: 'by-hand', least: busy }),
  },
  {
    goal: `losing claims, against by hand, at ${busy} and more connections`,
    target: '≥ 1.3×',
    isMet: atLeast(1.3),
    measure: ({ closed }) =>
      rateOver(closed, { operation: 'lose', of: 'dibs', over: 'by-hand', least: busy }),
  },
  {
    goal: `losing claims, against stock tRPC and P2002, at ${busy} and more connections`,
    target: '≥ 30×',
    isMet: atLeast(30),
    measure: ({ closed }) => rateOver(closed, { operation: 'lose', of: 'dibs', over: 'stock', least: busy }),
  },
  {
    goal: `winning claims, against find, then update, at ${busy} and more connections`,
    target: '≥ 3×',
    isMet: atLeast(3),
    measure: ({ closed }) => rateOver(closed, { operation: 'win', of: 'dibs', over: 'seed', least: busy }),
  },
  {
    goal: `races of 8 people for a name, against by hand, at ${busy} and more connections`,
    measure: ({ closed }) =>
      rateOver(closed, { operation: 'race', of: 'dibs', over: 'by-hand', least: busy }),
  },
  {
    goal: 'p99 at equal offered load, against by hand',
    target: '≤ 1.1×',
    isMet: atMost(1.1),
    measure: ({ open }) => tailOver(open),
  },
  {
    goal: 'latency at one connection, against by hand',
    target: '≤ 1.1×',
    isMet: atMost(1.1),
    measure: ({ closed }) => latencyAlone(closed),
  },
  {
    goal: 'processor time of an RPC call over the same REST call, no database',
    target: '≤ 25 µs',
    isMet: atMost(25),
    measure: ({ closed }) => rpcOverRest(closed),
  },
  {
    goal: 'per losing claim: transaction ids / WAL bytes / log bytes / new sessions',
    target: '0 / 0 / 0 / 0',
    isMet: atMost(0),
    measure: ({ closed }) => lossesOf(closed),
  },
  {
    goal: 'time of a claim at 10 million names, against 10 thousand',
    target: '≤ 1.15×',
    isMet: atMost(1.15),
    measure: ({ growth }) => growthOf(growth),
  },
  {
    goal: 'memory of the server under load',
    target: '≤ 150 MB',
    isMet: atMost(150),
    measure: ({ closed }) => memoryOf(closed),
  },
  {
    goal: 'start to first answer, embedded, data present',
    target: '≤ 1.5 s',
    isMet: atMost(1.5),
    measure: ({ start }) => seconds(start?.againMs),
  },
  {
    goal: 'web app, first load: JavaScript, gzipped',
    target: '≤ 150 kB',
    isMet: atMost(150),
    measure({ web }) {
      const value = (web?.scriptBytes ?? 0) / 1000
      return web && { value, text: `${figure(value)} kB` }
    },
  },
  {
    goal: 'web app, first load: until it can be used',
    target: '≤ 1 s',
    isMet: atMost(1),
    measure: ({ web }) => seconds(web?.interactiveMs, web?.throttle),
  },
  {
    goal: 'tsc on the client of a router ten times as large',
    target: 'linear (≤ 1.1×)',
    isMet: atMost(1.1),
    measure: ({ types }) => growthOfTypes(types),
  },
]

export function verdictsOn(results: Results): Verdict[] {
  const isVoid = defectsOf(results).length > 0
  return goals.map(({ goal, target = '', isMet, measure }) => {
    const measured = measure(results)
    if (measured === undefined) return { goal, target, measured: '', verdict: 'not measured' }
    const reached = isMet === undefined ? 'no goal' : isMet(measured.value) ? 'met' : 'missed'
    return { goal, target, measured: measured.text, verdict: isVoid ? 'void' : reached }
  })
}

/** Where Dibs was at fault, which voids the run. */
export function defectsOf({ closed = [], growth = [], open = [] }: Results): string[] {
  const lines = [...closed, ...growth].map(({ samples, ...line }: Line) => ({ ...line, rounds: samples }))
  return [...lines, ...open].flatMap(({ contestant, operation, rounds }) =>
    contestant.startsWith('dibs')
      ? rounds.flatMap(({ defects }) =>
          Object.entries(defects).map(([status, many]) => `${contestant}, ${operation}: ${many} × ${status}`),
        )
      : [],
  )
}
