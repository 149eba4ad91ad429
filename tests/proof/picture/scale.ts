import type { Call } from '../history.ts'

/** How moments of a history, in nanoseconds, are laid out from left to right. */
export interface Scale {
  /** In pixels. */
  readonly width: number
  readonly ticks: readonly { readonly x: number; readonly label: string }[]
  x(ns: number): number
  label(ns: number): string
}

const nsPerSecond = 1e9
const narrowest = 1100
const widest = 12_000

/** As wide as lets a bar of usual length hold its words, within bounds. */
export function scaleOf(
  calls: readonly Pick<Call, 'call' | 'return'>[],
  faults: readonly { readonly from: number; readonly to: number }[],
): Scale {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  const lengths: number[] = []
  for (const one of calls) {
    from = Math.min(from, one.call)
    to = Math.max(to, one.return ?? one.call)
    if (one.return !== null) lengths.push(one.return - one.call)
  }
  // Faults are cut off where the calls end.
  if (calls.length === 0) {
    from = Math.min(from, ...faults.map((fault) => fault.from))
    to = Math.max(to, ...faults.map((fault) => fault.to))
  }
  if (!Number.isFinite(from)) from = 0
  const span = Math.max(1, to - from)
  const usual = lengths.sort((a, b) => a - b)[lengths.length >> 1] ?? span
  const width = Math.round(Math.min(widest, Math.max(narrowest, (150 * span) / Math.max(1, usual))))
  const margin = 12
  const x = (ns: number) =>
    Math.round(Math.min(width, Math.max(0, margin + ((ns - from) / span) * (width - 6 * margin))) * 10) / 10
  const step = stepOf((span / width) * 110)
  const digits = Math.max(0, -Math.floor(Math.log10(step / nsPerSecond)))
  const inSeconds = (ns: number, places: number) => `${(ns / nsPerSecond).toFixed(places)} s`
  const label = (ns: number) => inSeconds(ns, Math.max(digits, 4))
  const ticks: { x: number; label: string }[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    ticks.push({ x: x(at), label: inSeconds(at, digits) })
  }
  return { width, ticks, x, label }
}

/** The next of 1, 2 and 5 times a power of ten. */
function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const times = [1, 2, 5, 10].find((one) => one * power >= least) ?? 10
  return times * power
}
