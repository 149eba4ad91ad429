import { readFileSync } from 'node:fs'
import { build, type Histogram } from 'hdr-histogram-js'
import { Pool } from 'undici'

// Sends requests at a fixed rate, whatever becomes of those before, and measures each from the
// moment when it was to be sent, so that a server that stalls is not spared the waiting. Reads what
// to do from the file that it is given, and writes what came of it, in JSON.

interface Task {
  readonly url: string
  readonly requests: readonly {
    method: 'GET' | 'POST'
    path: string
    headers: Record<string, string>
    body: string | null
  }[]
  readonly perSecond: number
  /** What is sent in this time, at first, is not measured. */
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly connections: number
  /** How long to wait for the last answers. */
  readonly patienceMs: number
}

const task: Task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const pool = new Pool(task.url, { connections: task.connections, pipelining: 1 })
const range = { lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 }
const latency = build({ ...range, numberOfSignificantValueDigits: 3 })
/** How much too late requests were sent: the driver's own share of the latency. */
const lag = build({ ...range, numberOfSignificantValueDigits: 3 })
const statuses: Record<string, number> = {}
const unmeasured = Math.round(task.perSecond * task.warmUpSeconds)
const all = unmeasured + Math.round(task.perSecond * task.seconds)
const started = performance.now() + 20
const dueAt = (at: number) => started + (at * 1000) / task.perSecond
let sent = 0
let answered = 0
let failed = 0

/** In microseconds. */
function since(due: number): number {
  return Math.max(1, Math.round((performance.now() - due) * 1000))
}

function end(at: number, status: number | undefined): void {
  answered += 1
  if (status === undefined) failed += 1
  else statuses[status] = (statuses[status] ?? 0) + 1
  if (at >= unmeasured) latency.recordValue(since(dueAt(at)))
  if (answered === all) report()
}

function send(at: number): void {
  const request = task.requests[at % task.requests.length]
  if (request === undefined) return
  if (at >= unmeasured) lag.recordValue(since(dueAt(at)))
  let status: number | undefined
  pool.dispatch(request, {
    onRequestStart() {},
    onResponseStart(_controller, code) {
      status = code
    },
    onResponseData() {},
    onResponseEnd: () => end(at, status),
    onResponseError: () => end(at, undefined),
  })
}

function tick(): void {
  const now = performance.now()
  while (sent < all && dueAt(sent) <= now) {
    send(sent)
    sent += 1
  }
  if (sent < all) setTimeout(tick, 1)
  else setTimeout(report, task.patienceMs)
}

function report(): never {
  // Whoever is not answered yet has waited until now at least.
  for (let at = answered; at < all; at += 1) latency.recordValue(task.patienceMs * 1000)
  const figures = (of: Histogram) => ({
    p50: of.getValueAtPercentile(50),
    p99: of.getValueAtPercentile(99),
    p999: of.getValueAtPercentile(99.9),
  })
  const result = { sent, answered, failed, statuses, latency: figures(latency), lag: figures(lag) }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exit(0)
}

setTimeout(tick, 1)
