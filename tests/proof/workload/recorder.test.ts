import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Username } from '../../../shared/username.ts'
import { usualRules } from '../../support/rules.ts'
import { checkNames } from '../checker/check-names.ts'
import { readHistory } from '../history.ts'
import type { DibsServer } from '../system/dibs-server.ts'
import type { Ended } from './outcome.ts'
import { recordTo, type Seen, type Settling } from './recorder.ts'
import type { Asked } from './wire.ts'

const second = 1e9
const username = Username.parse('ada')

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dibs-recorder-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What was asked at some second, and answered half a second later. */
function seenAt(seconds: number, by: string, asked: Asked, outcome: Ended): Seen {
  const call = seconds * second
  const times = { call, return: call + second / 2, calledAt: seconds * 1000 }
  return { id: `${by}:${seconds}`, process: by, ...times, by, ...asked, outcome }
}

const server: Pick<DibsServer, 'endOf'> = { endOf: () => undefined }

/**
 * A name is freed in the first second, of which nobody knows whether it was done; half a minute later
 * somebody wins it, and it is lost.
 */
async function lostWin(settling: Partial<Settling>) {
  const file = join(dir, 'history.jsonl')
  const usual: Settling = { restarts: [], worksOnForMs: 12_000, calmFrom: (moment) => moment }
  const recorder = recordTo(file, { ...usual, ...settling })
  const freed: Asked = { procedure: 'admin.releaseUsername', input: { username, atOnce: true } }
  const claimed: Asked = { procedure: 'profile.claimUsername', input: { username } }
  const claimedAt = new Date(30_100).toISOString()
  recorder.addUnknown(
    seenAt(0, 'ops', freed, { kind: 'UNAVAILABLE', because: '503' }),
    server as DibsServer,
    1,
  )
  recorder.add(seenAt(30, 'ann', claimed, { kind: 'OK', answer: { claimedAt } }))
  const shown = { kind: 'OK', answer: { username: null, claimedAt: null } }
  recorder.add(seenAt(40, 'ann', { procedure: 'profile.me', input: {} }, shown))
  await recorder.close()
  const calls = await readHistory(file)
  const { verdict } = checkNames(calls, { rules: usualRules })
  return { verdict, settledBy: calls.find(({ by }) => by === 'ops')?.settledBy }
}

test.each<[string, Partial<Settling>, number]>([
  ['by the time for which a statement may run', {}, 12.5],
  ['by that time after what kept it back', { calmFrom: () => 9 * second }, 21],
  ['at a restart, if that is earlier', { restarts: [2 * second] }, 2],
  ['at once where the database is in the process that answered', { worksOnForMs: 0 }, 0.5],
])('a win that is lost is not explained by what was settled %s', async (_, settling, settledAt) => {
  expect(await lostWin(settling)).toEqual({ verdict: 'violated', settledBy: settledAt * second })
})

test.each<[string, Partial<Settling>]>([
  ['a commit may wait for any time', { worksOnForMs: null }],
  ['something may keep it back yet', { calmFrom: () => undefined }],
])('it may be where %s', async (_, settling) => {
  expect(await lostWin(settling)).toEqual({ verdict: 'linearizable', settledBy: undefined })
})
