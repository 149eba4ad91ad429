import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { bodyOf, headersOf, type Request } from './request.ts'

/** In microseconds. */
const Latency = z.object({ p50: z.number(), p99: z.number(), p999: z.number() })

/** What requests at a fixed rate came to. */
const Result = z.object({
  sent: z.number(),
  answered: z.number(),
  /** Connections that broke. */
  failed: z.number(),
  statuses: z.record(z.string(), z.number()),
  /** From when each was to be sent. */
  latency: Latency,
  /** How much of that the driver was late itself. */
  lag: Latency,
})
export type OpenResult = z.infer<typeof Result>

export interface OpenLoad {
  readonly url: string
  readonly requests: readonly Request[]
  readonly perSecond: number
  readonly seconds: number
  /** Where the compiled programs of the bench are. */
  readonly compiled: string
  /** For files that are gone afterwards. */
  readonly dir: string
}

/** Before what is measured, in which the driver itself warms up. */
export const openWarmUpSeconds = 1

/** Sends requests at a fixed rate, however long their answers take. */
export async function openLoop({
  url,
  requests,
  perSecond,
  seconds,
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
    warmUpSeconds: openWarmUpSeconds,
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
