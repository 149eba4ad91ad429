import { cpus, loadavg } from 'node:os'
import { pino } from 'pino'
import { openDatabase } from '../../server/database/open.ts'
import { localBinaries, newCluster } from '../support/cluster.ts'
import { type Cost, medianOf } from './measure/cost.ts'
import { phases } from './measure/phases.ts'
import { ways } from './measure/ways.ts'

const rounds = 7
const help = `Compares claim_username with creating the row and catching P2002, and with finding,
then creating, on a PostgreSQL server that it starts for itself.

Usage: npm run measure:claim

Prints the medians of ${rounds} rounds, in which the three take turns.
`

type Measured = readonly [phase: string, way: string, costs: Cost[]]

async function measure(url: string): Promise<Measured[]> {
  const database = await openDatabase({ url, poolSize: 20 }, pino({ level: 'silent' }))
  const measured = Object.keys(phases).flatMap((phase) =>
    Object.keys(ways).map((way): Measured => [phase, way, []]),
  )
  const { prisma } = database
  // The first round warms up what compiles, caches and connects.
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < measured.length; turn += 1) {
      const [phase, way, costs] = measured[(turn + round) % measured.length] as Measured
      const run = phases[phase as keyof typeof phases]
      const cost = await run(prisma, ways[way] as (typeof ways)[string])
      if (round > 0) costs.push(cost)
    }
    process.stderr.write(`round ${round} of ${rounds}\n`)
  }
  const [{ server_version: version }] = await prisma.$queryRaw<
    [{ server_version: string }]
  >`SHOW server_version`
  await database.close()
  const [cpu] = cpus()
  process.stdout.write(
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpu?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}, ` +
      `Node ${process.versions.node}, PostgreSQL ${version}\n\n`,
  )
  return measured
}

function table(measured: readonly Measured[]): string {
  const head = '| | | claims a second | transaction ids each | bytes of WAL each | 500s |'
  const rows = measured.map(([phase, way, costs]) => {
    const { perSecond, xids, walBytes, errors } = medianOf(costs)
    return `| ${phase} | ${way} | ${Math.round(perSecond)} | ${xids.toFixed(2)} | ${Math.round(walBytes)} | ${errors} |`
  })
  return `${[head, '|---|---|---:|---:|---:|---:|', ...rows].join('\n')}\n`
}

const bin = localBinaries()
if (process.argv.includes('--help')) {
  process.stdout.write(help)
} else if (bin === undefined) {
  process.stderr.write("PostgreSQL's programs are not installed here: initdb and postgres are needed.\n")
  process.exitCode = 2
} else {
  const cluster = await newCluster(bin)
  try {
    process.stdout.write(table(await measure(cluster.url)))
  } finally {
    await cluster.remove()
  }
}
