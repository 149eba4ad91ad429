import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Stop } from '../race/command/stop.ts'
import type { Arena, Filled } from './arena.ts'
import { allStatements, type StatementName, scriptOf, statements } from './statements.ts'

const operations = ['win', 'lose'] as const

/** A statement that is run without any server in front, round by round. */
export interface PgbenchLine {
  readonly operation: (typeof operations)[number]
  readonly statement: StatementName
  readonly connections: number
  /** For each claim. */
  readonly samples: { readonly perSecond: number; readonly databaseCpu: number }[]
}

export interface PgbenchOptions {
  readonly names: number
  readonly connections: readonly number[]
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
}

/** Measures the statements alone, each prepared on every connection, so many at a time. */
export async function measurePgbench(arena: Arena, options: PgbenchOptions): Promise<PgbenchLine[]> {
  const { names, connections, rounds, seconds, say } = options
  const lines = operations.flatMap((operation) =>
    connections.flatMap((many) =>
      allStatements.map(
        (statement): PgbenchLine => ({ operation, statement, connections: many, samples: [] }),
      ),
    ),
  )
  let done = 0
  for (let round = 1; round <= rounds; round += 1) {
    for (const line of round % 2 === 1 ? lines : lines.toReversed()) {
      const filled = await arena.databaseAlone(statements[line.statement].server, names)
      const sample = await runPgbench(arena, filled, line, seconds)
      line.samples.push(sample)
      done += 1
      say(
        `${done} of ${lines.length * rounds}: pgbench, ${line.operation}, ${line.connections} connections, ` +
          `${line.statement}: ${Math.round(sample.perSecond)}/s`,
      )
    }
  }
  return lines
}

async function runPgbench(
  { bin, dir }: Arena,
  { database, databaseUrl }: Filled,
  { operation, statement, connections }: PgbenchLine,
  seconds: number,
): Promise<PgbenchLine['samples'][number]> {
  const program = join(bin, 'pgbench')
  if (!existsSync(program))
    throw new Stop(`pgbench is not in ${bin}: leave it out, or install all of PostgreSQL.`)
  const script = join(dir, 'pgbench.sql')
  await writeFile(script, scriptOf(statement, operation))
  const settings = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds)]
  const before = await database.used()
  const { stdout } = await promisify(execFile)(program, [...settings, '-f', script, databaseUrl])
  const after = await database.used()
  const figure = (pattern: RegExp) => Number(stdout.match(pattern)?.[1])
  const { claims } = statements[statement]
  const count = claims * figure(/transactions actually processed: (\d+)/)
  return {
    perSecond: claims * figure(/tps = ([\d.]+)/),
    databaseCpu: (after.cpuMicros - before.cpuMicros) / count,
  }
}
