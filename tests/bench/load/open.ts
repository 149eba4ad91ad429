import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import * as z from 'zod'
import { bodyOf, headersOf, type Request } from './request.ts'

/** How long each of some requests took. */
export type Durations = ReturnType<typeof decodeFromCompressedBase64>
const Durations = z.string().transform((encoded) => decodeFromCompressedBase64(encoded))

/** What requests at a fixed rate came to. */
const Result = z.object({
  sent: z.number(),
  answered: z.number(),
  /** Connections that broke. */
  failed: z.number(),
  statuses: z.record(z.string(), z.number()),
  /** From when each was to be sent. */
  latency: Durations,
  /** How much of that the driver was late itself. */
  lag: Durations,
})
export type OpenResult = z.infer<typeof Result>

export interface OpenLoad {
  readonly url: string
  readonly requests: readonly Request[]
  readonly perSecond: number
  readonly seconds: number
  readonly seed: number
  /** Where the compiled programs of the bench are. */
  readonly compiled: string
  /** For files that are gone afterwards. */
  readonly dir: string
}

/**
 * Before what is measured, for how long the rate rises, in which the driver itself warms up. Asked for all
 * of it while its code is cold, it would fall behind, and then measure how that is caught up with.
 */
const rampSeconds = 2

/** For how many seconds at the rate there have to be requests, to measure so many. */
export function openLoopSeconds(seconds: number): number {
  return rampSeconds / 2 + seconds
}

/** Sends requests at a rate, however long their answers take. */
export async function openLoop({
  url,
  requests,
  perSecond,
  seconds,
  seed,
  compiled,
  dir,
}: OpenLoad): Promise<OpenResult> {
  const task = {
    url,
    requests: requests.map((request) => ({
      method: request.method,
      path: request.path,
      headers: headersOf(url, request),
      body: bodyOf(request) ?? null,
    })),
    perSecond,
    rampSeconds,
    seed,
    seconds,
    connections: 64,
    patienceMs: 5000,
  }
  const file = join(dir, 'task.json')
  await writeFile(file, JSON.stringify(task))
  const driver = join(compiled, 'driver', 'open-loop.js')
  const { stdout } = await promisify(execFile)(process.execPath, [driver, file])
  return Result.parse(JSON.parse(stdout))
}
