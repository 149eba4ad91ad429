import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { confusablesVersion } from '../../shared/confusables.ts'
import { Stop } from '../race/command/stop.ts'
import type { Arena, Station } from './arena.ts'
import { byHandClaim } from './peers/by-hand-claim.ts'
import { inSql, mostPeople } from './people.ts'
import type { ServerName } from './servers/servers.ts'

const operations = ['win', 'lose'] as const

/** A statement that is run without any server in front, round by round. */
export interface PgbenchLine {
  readonly operation: (typeof operations)[number]
  readonly statement: keyof typeof statements
  readonly connections: number
  readonly samples: { readonly perSecond: number; readonly databaseCpu: number }[]
}

/** People whom no server's database has, each with a name of their own. */
const somebody = `\\set at random(${mostPeople}, ${16 ** 7 - 1})`
const free = inSql.name(':at')
const taken = inSql.name('(:at % 100)')
const person = inSql.personId(':at')

/** Six names of which five are told. */
const candidates = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `'candidate-${letter}'`).join(', ')

const statements = {
  'by hand': { server: 'by-hand', claim: (name: string) => byHandStatement(name) },
  claim_username: { server: 'dibs', claim: (name: string) => dibsStatement(name) },
} as const satisfies Record<string, { server: ServerName; claim: (name: string) => string }>
const allStatements = Object.keys(statements) as (keyof typeof statements)[]

function byHandStatement(name: string): string {
  return byHandClaim.replaceAll('$1', name).replace('$2', name).replace('$3', person).replace(/\s+/g, ' ')
}

/** Without its rules on renames, as for load tests. */
function dibsStatement(name: string): string {
  return `SELECT * FROM claim_username(${person}, 'Somebody', NULL, ${name}, ${name}, '${confusablesVersion}', 90, NULL, 0, ARRAY[${candidates}], ARRAY[${candidates}], NULL)`
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
      const station = await arena.station(statements[line.statement].server, names)
      const sample = await runPgbench(arena, station, line, seconds)
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
  { database, databaseUrl }: Station,
  { operation, statement, connections }: PgbenchLine,
  seconds: number,
): Promise<PgbenchLine['samples'][number]> {
  const program = join(bin, 'pgbench')
  if (!existsSync(program))
    throw new Stop(`pgbench is not in ${bin}: leave it out, or install all of PostgreSQL.`)
  const script = join(dir, 'pgbench.sql')
  await writeFile(
    script,
    `${somebody}\n${statements[statement].claim(operation === 'win' ? free : taken)};\n`,
  )
  const settings = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds)]
  const before = await database.used()
  const { stdout } = await promisify(execFile)(program, [...settings, '-f', script, databaseUrl])
  const after = await database.used()
  const figure = (pattern: RegExp) => Number(stdout.match(pattern)?.[1])
  const count = figure(/transactions actually processed: (\d+)/)
  return {
    perSecond: figure(/tps = ([\d.]+)/),
    databaseCpu: (after.cpuMicros - before.cpuMicros) / count,
  }
}
