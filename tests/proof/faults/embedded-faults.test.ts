import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomFrom } from '../../../server/domain/random.ts'
import { root } from '../../../server/root.ts'
import { newSeed } from '../../race/random.ts'
import { openSystem } from '../system/open-system.ts'
import { busy } from './busy.ts'
import { newClockMoves } from './clock-moves.ts'
import { embeddedKilledMidWrite } from './embedded-killed-mid-write.ts'

const seed = newSeed()
/** A slow machine may not write as much as a kill waits for. */
const times = { least: 2, most: 8 }
const patienceMs = 480_000
const isMidWrite = (what: string) => what.includes('killed as it wrote to')

test(
  `killed as it writes, the embedded database opens and has all that was acknowledged (seed ${seed})`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'dibs-faults-'))
    const program = join(root, 'dist', 'server', 'main.js')
    const crowds = { rounds: 1, people: 8, administrators: 0 }
    const system = await openSystem({ database: 'embedded', processes: 1, program, dir, crowds })
    try {
      const random = randomFrom(seed)
      const people = busy(system)
      const told: string[] = []
      while (told.length < times.least || (told.length < times.most && !told.some(isMidWrite))) {
        await people.sees({ status: 200 })
        told.push(await embeddedKilledMidWrite.inject(system, random, newClockMoves().move))
      }
      await people.sees({ status: 200 })
      await people.stop()
      const database = await system.stopAndOpen()
      const names = await database.prisma.username.findMany()
      await database.close()

      expect(told.filter(isMidWrite), told.join('\n')).not.toEqual([])
      expect(people.seen.some(({ status }) => status === 0)).toBe(true)
      expect(people.seen.filter(({ status }) => status >= 500 && status !== 503)).toEqual([])
      const owners = new Map(names.map(({ key, ownerId }) => [key, ownerId]))
      const lost = people.seen.filter(
        ({ status, username, by }) => status === 200 && owners.get(username) !== by,
      )
      expect(lost).toEqual([])
    } finally {
      await system.close()
      await rm(dir, { recursive: true, force: true })
    }
  },
  patienceMs,
)
