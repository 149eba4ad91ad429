import { watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { inTime, rightAgain } from './right-again.ts'

/** How long is waited until so much is written. */
const patienceMs = 5000

export const embeddedKilledMidWrite: Fault = {
  name: 'embedded-killed-mid-write',
  what: 'kill -9 of the server in the middle of what it writes to the embedded database, which it opens again',
  databases: ['embedded'],
  async inject(system, random) {
    const server = oneOf(system.servers, random)
    if (system.dataDir === undefined) throw new Error('where the embedded database is was not said')
    const place = oneOf(['pg_wal', 'base'], random)
    // Tables are written when the database makes room for others, its log with every commit.
    let left = place === 'pg_wal' ? between(1, 200, random) : between(1, 10, random)
    let kill: (() => void) | undefined
    const written = new Promise<void>((resolve) => {
      kill = resolve
    })
    const watched = (await directoriesOf(join(system.dataDir, 'database', place))).map((directory) =>
      watch(directory, () => {
        left -= 1
        if (left !== 0) return
        // Before anything else can happen here.
        void server.kill()
        kill?.()
      }),
    )
    const isMidWrite = await inTime(written, patienceMs)
    for (const one of watched) one.close()
    await server.kill()
    await sleep(between(0, 300, random))
    await server.start()
    await rightAgain(system)
    return `${server.name} killed ${isMidWrite ? `as it wrote to ${place}` : 'between writes'}; the database opened`
  },
}

async function directoriesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name))
  return [directory, ...below]
}
