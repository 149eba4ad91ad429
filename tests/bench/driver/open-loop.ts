import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { Pool } from 'undici'
import { randomFrom } from '../../../server/domain/random.ts'

// Sends requests at a rate, whatever becomes of those before, and measures each from the moment when it
// was to be sent, so that a server that stalls is not spared the waiting. They come as people do who know
// nothing of each other (a Poisson process). Reads what to do from the file that it is given, and writes
// what came of it, in JSON.

interface Task {
  readonly url: string
  readonly requests: readonly {
    method: 'GET' | 'POST'
    path: string
    headers: Record<string, string>
    body: string | null
  }[]
  readonly perSecond: number
  /** For how long the rate rises to that, from nothing; what is sent meanwhile is not measured. */
  readonly rampSeconds: number
  readonly seconds: number
  readonly connections: number
  /** With the same one they come at the same moments. */
  readonly seed: number
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
const unmeasured = Math.round((task.perSecond * task.rampSeconds) / 2)
const all = unmeasured + Math.round(task.perSecond * task.seconds)
const moments = dueAt(performance.timeOrigin + performance.now() + 300)
let sent = 0
let answered = 0
let failed = 0

/** When each is to be sent, in milliseconds since 1970. */
function dueAt(start: number): Float64Array {
  const random = randomFrom(task.seed)
  let gone = 0
  return Float64Array.from({ length: all }, () => {
    gone -= Math.log(1 - random())
    const seconds =
      gone < unmeasured
        ? task.rampSeconds * Math.sqrt(gone / unmeasured)
        : task.rampSeconds + (gone - unmeasured) / task.perSecond
    return start + seconds * 1000
  })
}

/** How late it is for the request of a place, in microseconds. */
function lateness(at: number): number {
  const now = performance.timeOrigin + performance.now()
  return Math.max(1, Math.round((now - (moments[at] ?? now)) * 1000))
}

function end(at: number, status: number | undefined): void {
  answered += 1
  if (status === undefined) failed += 1
  else statuses[status] = (statuses[status] ?? 0) + 1
  if (at >= unmeasured) latency.recordValue(lateness(at))
  if (answered === all) report()
}

function send(at: number): void {
  const request = task.requests[at % task.requests.length]
  if (request === undefined) return
  if (at >= unmeasured) lag.recordValue(lateness(at))
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

function report(): never {
  // Whoever is not answered yet has waited until now at least.
  for (let at = answered; at < all; at += 1) latency.recordValue(task.patienceMs * 1000)
  const [recorded, lags] = [latency, lag].map((histogram) => encodeIntoCompressedBase64(histogram))
  const result = { sent, answered, failed, statuses, latency: recorded, lag: lags }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exit(0)
}

const metronome = new Worker(join(import.meta.dirname, 'metronome.js'), { workerData: moments })
metronome.on('message', (come: number) => {
  for (; sent < come; sent += 1) send(sent)
  if (sent === all) setTimeout(report, task.patienceMs)
})
