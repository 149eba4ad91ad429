import { expect, onTestFinished, test, vi } from 'vitest'
import { NotAsked } from '../../server/database/errors.ts'
import { type Grouping, inGroups } from '../../server/domain/in-groups.ts'
import { times } from './world.ts'

const patient = 60_000

type Held = Pick<Grouping, 'places'> & Partial<Grouping>

/** Takes note of each group, which ends when it is let go. */
function held({ most = 20, placeForMs = patient, patienceMs = patient, places }: Held) {
  const groups: { items: readonly number[]; letGo(): void }[] = []
  const work = inGroups<number, string>(
    (items) =>
      new Promise((resolve) => {
        groups.push({ items, letGo: () => resolve(items.map((item) => `end of ${item}`)) })
      }),
    { places, most, placeForMs, patienceMs },
  )
  return { groups, work }
}

/** So many turns of the event loop. */
async function turns(many: number): Promise<void> {
  for (let turn = 0; turn < many; turn++) await new Promise((resolve) => setImmediate(resolve))
}

test('What comes in one turn is worked on together, and each hears of its own end', async () => {
  const { groups, work } = held({ places: 1 })
  const ends = times(3, work)
  await turns(1)
  expect(groups.map(({ items }) => items)).toEqual([[0, 1, 2]])
  groups[0]?.letGo()
  expect(await Promise.all(ends)).toEqual(['end of 0', 'end of 1', 'end of 2'])
})

test('What comes while every place is taken waits, and is worked on together, but for what is too many', async () => {
  const { groups, work } = held({ places: 2, most: 3 })
  for (const item of [1, 2]) {
    void work(item)
    await turns(2)
  }
  const waiting = times(4, (at) => work(10 + at))
  await turns(5)
  expect(groups.map(({ items }) => items)).toEqual([[1], [2]])
  groups[0]?.letGo()
  await turns(5)
  expect(groups.map(({ items }) => items)).toEqual([[1], [2], [10, 11, 12]])
  for (const { letGo } of groups) letGo()
  await turns(5)
  groups.at(-1)?.letGo()
  expect(await Promise.all(waiting)).toEqual(['end of 10', 'end of 11', 'end of 12', 'end of 13'])
})

test('A full group is worked on at once, while the turn goes on', async () => {
  const { groups, work } = held({ places: 2, most: 3 })
  const ends = times(7, work)
  expect(groups.map(({ items }) => items)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ])
  groups[1]?.letGo()
  await turns(5)
  expect(groups.map(({ items }) => items).slice(2)).toEqual([[6]])
  for (const { letGo } of groups) letGo()
  expect(await Promise.all(ends)).toEqual(times(7, (at) => `end of ${at}`))
})

/** One that takes too long, and the next one, which got its place; no other timer runs before the test ends. */
async function overtaken() {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const placeForMs = 1_000
  const { groups, work } = held({ places: 1, placeForMs })
  const slow = work(1)
  await turns(2)
  const next = work(2)
  vi.advanceTimersByTime(placeForMs)
  while (groups.length < 2) await turns(1)
  return { groups, work, slow, next }
}

test('A group that takes too long gives its place to the next one, and ends all the same', async () => {
  const { groups, slow, next } = await overtaken()
  groups[1]?.letGo()
  expect(await next).toBe('end of 2')
  groups[0]?.letGo()
  expect(await slow).toBe('end of 1')
})

test('A place that was given up is not given once more when its group ends', async () => {
  const { groups, work, slow, next } = await overtaken()
  groups[0]?.letGo()
  expect(await slow).toBe('end of 1')
  const last = work(3)
  await turns(10)
  expect(groups.map(({ items }) => items)).toEqual([[1], [2]])
  groups[1]?.letGo()
  expect(await next).toBe('end of 2')
  await turns(2)
  groups[2]?.letGo()
  expect(await last).toBe('end of 3')
})

test('What waits for a place for too long is turned away, and what came later is not', async () => {
  const { groups, work } = held({ places: 1, patienceMs: 300 })
  const running = work(1)
  await turns(2)
  const overdue = await Promise.allSettled([work(2), work(3)])
  expect(overdue).toEqual(times(2, () => ({ status: 'rejected', reason: new NotAsked() })))
  const late = work(4)
  groups[0]?.letGo()
  expect(await running).toBe('end of 1')
  await turns(2)
  groups[1]?.letGo()
  expect(await late).toBe('end of 4')
  expect(groups.map(({ items }) => items)).toEqual([[1], [4]])
})

test('Nothing is turned away because the process stood still', async () => {
  const { groups, work } = held({ places: 1, most: 1, placeForMs: 50, patienceMs: 200 })
  const ends = times(3, work)
  // As when the machine sleeps: no timer runs.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  for (let at = 0; at < 3; at++) {
    while (groups.length <= at) await turns(1)
    groups[at]?.letGo()
  }
  expect(await Promise.all(ends)).toEqual(times(3, (at) => `end of ${at}`))
})

test('A group that fails fails each of its own, and no other', async () => {
  const work = inGroups<number, number>(
    async (items) => {
      if (items.includes(1)) throw new Error('refused')
      return items
    },
    { places: 1, most: 2, placeForMs: patient, patienceMs: patient },
  )
  const ends = await Promise.allSettled(times(4, work))
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled'])
})

test('One that goes on by itself keeps its neighbours from nothing', async () => {
  let letGo = (_end: string) => {}
  const alone = new Promise<string>((resolve) => {
    letGo = resolve
  })
  const work = inGroups<number, string>(async () => [alone, 'done'], {
    places: 1,
    most: 2,
    placeForMs: patient,
    patienceMs: patient,
  })
  const [first, second] = [work(1), work(2)]
  expect(await second).toBe('done')
  letGo('done at last')
  expect(await first).toBe('done at last')
})
