import type { Line } from '../closed.ts'
import type { Operation } from '../load/operations.ts'
import type { OpenLine } from '../open.ts'
import { figure, times } from '../report/table.ts'
import type { ContestantName } from '../servers/contestants.ts'
import { ratioOf, type Spread, spreadOf } from '../statistics.ts'
import type { TypeCosts } from '../type-checking.ts'
import type { Sample } from '../window.ts'

/** A figure, and how it is said; undefined where it was not measured. */
export type Measured = { readonly value: number; readonly text: string } | undefined

type Lines = readonly Line[] | undefined

/** A ratio, and where it was measured. */
interface Ratio {
  readonly ratio: Spread
  readonly where: string
}

/** How many more requests a second are answered than by somebody else, where that is the least. */
export function rateOver(
  lines: Lines,
  {
    operation,
    of,
    over,
    least,
  }: { operation: Operation; of: ContestantName; over: ContestantName; least: number },
): Measured {
  const ratios = pairs(lines, operation, of, over)
    .filter(([{ connections }]) => connections >= least)
    .map(([ours, theirs]) => ({
      ratio: ratioOf(perSecond(ours.samples), perSecond(theirs.samples)),
      where: `at ${ours.connections}`,
    }))
  return said(ratios.sort((a, b) => a.ratio.median - b.ratio.median)[0])
}

/** How much longer a request takes than by hand when nobody else asks, where that is the most. */
export function latencyAlone(lines: Lines): Measured {
  const p50 = (samples: readonly Sample[]) => samples.map((sample) => sample.p50)
  const ratios = (['win', 'lose'] as const).flatMap((operation) =>
    pairs(lines, operation, 'dibs', 'by-hand')
      .filter(([{ connections }]) => connections === 1)
      .map(([ours, theirs]) => ({
        ratio: ratioOf(p50(ours.samples), p50(theirs.samples)),
        where: operation,
      })),
  )
  return greatest(ratios)
}

/**
 * The same of the 99th percentile at an equal rate, of all rounds together; the least and the most are
 * of single ones.
 */
export function tailOver(lines: readonly OpenLine[] | undefined): Measured {
  const p99 = ({ rounds }: OpenLine) => rounds.map(({ latency }) => latency.p99)
  const ratios = (lines ?? [])
    .filter(({ contestant }) => contestant === 'dibs')
    .flatMap((ours) => {
      const { operation, perSecond } = ours
      const theirs = lines?.find(
        (line) =>
          line.contestant === 'by-hand' && line.operation === operation && line.perSecond === perSecond,
      )
      return theirs === undefined
        ? []
        : [
            {
              ratio: {
                ...ratioOf(p99(ours), p99(theirs)),
                median: ours.latency.p99 / theirs.latency.p99,
              },
              where: `${operation}, ${perSecond}/s`,
            },
          ]
    })
  return greatest(ratios)
}

/** Processor time of the server, in microseconds. */
export function rpcOverRest(lines: Lines): Measured {
  const cpu = ({ samples }: Line) => samples.map(({ serverCpu }) => serverCpu)
  const costs = pairs(lines, 'floor', 'rpc', 'rest').map(([rpc, rest]) => {
    const [more, one] = [spreadOf(cpu(rpc)).median, spreadOf(cpu(rest)).median]
    return { value: more - one, text: `${figure(more - one)} µs (${figure(more)} against ${figure(one)})` }
  })
  return costs.sort((a, b) => b.value - a.value)[0]
}

/** What PostgreSQL does for each loser, less than which is noise of its own. */
const noise = { xids: 0.005, walBytes: 0.5, logBytes: 0.5, sessions: 0.005 }
const counters = Object.keys(noise) as (keyof typeof noise)[]

/** How many of the counters a losing claim moves. */
export function lossesOf(lines: Lines): Measured {
  const dibs =
    lines?.filter(({ operation, contestant }) => operation === 'lose' && contestant === 'dibs') ?? []
  if (dibs.length === 0) return undefined
  const costs = counters.map((counter) => {
    const most = Math.max(...dibs.map(({ samples }) => spreadOf(samples.map((one) => one[counter])).median))
    return most < noise[counter] ? 0 : most
  })
  return { value: costs.filter((cost) => cost > 0).length, text: costs.map(figure).join(' / ') }
}

/** In megabytes. */
export function memoryOf(lines: Lines): Measured {
  const peaks =
    lines?.filter(({ contestant }) => contestant === 'dibs').flatMap(({ samples }) => samples) ?? []
  if (peaks.length === 0) return undefined
  const value = Math.max(...peaks.map(({ peakMemory }) => peakMemory)) / 1e6
  return { value, text: `${figure(value)} MB` }
}

/**
 * How much longer a claim takes among the most names than among the fewest; and by hand, which is no part
 * of the goal.
 */
export function growthOf(lines: Lines): Measured {
  const measured = greatest(growthBy('dibs', lines))
  const byHand = greatest(growthBy('by-hand', lines))
  return measured && byHand ? { ...measured, text: `${measured.text}; by hand ${byHand.text}` } : measured
}

function growthBy(contestant: ContestantName, lines: Lines = []): Ratio[] {
  const theirs = lines.filter((line) => line.contestant === contestant)
  const names = theirs.map((line) => line.names)
  const [few, many] = [Math.min(...names), Math.max(...names)]
  return theirs
    .filter((line) => line.names === few)
    .flatMap((among) => {
      const most = theirs.find(
        ({ names, operation, connections }) =>
          names === many && operation === among.operation && connections === among.connections,
      )
      if (most === undefined) return []
      const where = `${among.operation}, ${many.toLocaleString('en')} against ${few.toLocaleString('en')}`
      return [{ ratio: ratioOf(perSecond(among.samples), perSecond(most.samples)), where }]
    })
}

export function seconds(timesMs: readonly number[] | undefined, where = ''): Measured {
  if (timesMs === undefined) return undefined
  const { median, least, most } = spreadOf(timesMs.map((ms) => ms / 1000))
  const text = `${median.toFixed(2)} s (${least.toFixed(2)} to ${most.toFixed(2)})${where && `, ${where}`}`
  return { value: median, text }
}

/** How much more each further procedure costs the compiler in the large router than in the small one. */
export function growthOfTypes(costs: TypeCosts | undefined): Measured {
  const [least, small, large] = costs?.sizes ?? []
  if (least === undefined || small === undefined || large === undefined) return undefined
  const each = (more: typeof small, less: typeof small) =>
    (more.instantiations - less.instantiations) / (more.procedures - less.procedures)
  const value = each(large, small) / each(small, least)
  const count = ({ instantiations, procedures }: typeof small) =>
    `${instantiations.toLocaleString('en')} for ${procedures}`
  return { value, text: `${value.toFixed(2)}× a procedure; instantiations: ${count(small)}, ${count(large)}` }
}

function perSecond(samples: readonly Sample[]): number[] {
  return samples.map((sample) => sample.perSecond)
}

/** The lines of an operation by two contestants, of the same number of connections. */
function pairs(lines: Lines, operation: Operation, of: ContestantName, over: ContestantName): [Line, Line][] {
  const ours = lines?.filter((line) => line.contestant === of && line.operation === operation) ?? []
  return ours.flatMap((line) => {
    const other = lines?.find(
      ({ contestant, operation, connections }) =>
        contestant === over && operation === line.operation && connections === line.connections,
    )
    return other === undefined ? [] : [[line, other] as [Line, Line]]
  })
}

function greatest(ratios: Ratio[]): Measured {
  return said(ratios.sort((a, b) => b.ratio.median - a.ratio.median)[0])
}

function said(one: Ratio | undefined): Measured {
  return one && { value: one.ratio.median, text: `${times(one.ratio)}, ${one.where}` }
}
