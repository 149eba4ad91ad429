import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Stop } from '../../race/command/stop.ts'
import { onWire, type Request } from './request.ts'

const script = join(import.meta.dirname, 'requests.lua')

/** What some seconds of load came to. Times are in microseconds. */
const Result = z.object({
  micros: z.number(),
  requests: z.number(),
  /** How many of the requests were sent at least; those in flight at the end are not answered. */
  sent: z.number(),
  ranOut: z.boolean(),
  /** Connections refused or lost. */
  broken: z.number(),
  statuses: z.record(z.string(), z.number()),
  p50: z.number(),
})
export type Result = z.infer<typeof Result>

export function findWrk(): string {
  const found = (process.env.PATH ?? '').split(':').find((dir) => existsSync(join(dir, 'wrk')))
  if (found === undefined) {
    throw new Stop(
      'wrk is not installed here, which makes the load: "apt-get install wrk", "brew install wrk".',
    )
  }
  return join(found, 'wrk')
}

export interface Load {
  readonly url: string
  readonly requests: readonly Request[]
  /** Whether to begin again after the last request; otherwise that is where the load ends. */
  readonly again: boolean
  readonly connections: number
  readonly seconds: number
  /** A file to use. */
  readonly file: string
}

/** Keeps so many connections busy: each sends its next request as soon as the last one is answered. */
export async function closedLoop({
  url,
  requests,
  again,
  connections,
  seconds,
  file,
}: Load): Promise<Result> {
  await writeFile(file, requests.map((request) => lengthFirst(onWire(url, request))).join(''))
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '30s',
    '-s',
    script,
    url,
    '--',
    file,
    again ? 'again' : 'once',
  ]
  const child = spawn(findWrk(), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  }
  const code = await new Promise((resolve) => child.once('close', resolve))
  const [, result] = written.match(/^RESULT (.*)$/m) ?? []
  if (code !== 0 || result === undefined) throw new Error(`wrk ended with ${code}:\n${written}`)
  return Result.parse(JSON.parse(result))
}

function lengthFirst(text: string): string {
  return `${Buffer.byteLength(text)}\n${text}`
}
