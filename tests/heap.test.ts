import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../server/root.ts'

/** What a program answers that may use the compiled `server/heap.ts`, V8's own functions among them. */
async function run(program: string): Promise<unknown> {
  const heap = join(root, 'dist', 'server', 'heap.js')
  const prelude = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { runInNewContext } from 'node:vm'
    import { collectGarbage, tuneHeap } from ${JSON.stringify(heap)}
    const answer = (value) => process.stdout.write(JSON.stringify(value))
  `
  const flags = ['--allow-natives-syntax', '--input-type=module', '--eval']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, prelude + program])
  // Where V8 tells of a flag that it doesn't know.
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

/** Teaches V8 that what `make` makes lives long, then answers whether the next is a young object all the same. */
const learn = `
  const make = (at) => [at, { at }]
  let kept
  for (let at = 0; at < 4_000_000; at++) {
    if (at % 2_000_000 === 0) kept = []
    kept.push(make(at))
  }
  const made = make(0)
  answer([%InYoungGeneration(made), %InYoungGeneration(made[1])])`

test('what is made for a request is a young object, whatever V8 saw before', async () => {
  // Otherwise this would show nothing; not each process learns it.
  await expect.poll(() => run(learn), { timeout: 20_000 }).toEqual([false, false])
  for (let times = 0; times < 4; times++) {
    expect(await run(`tuneHeap({ dataDir: '' });${learn}`)).toEqual([true, true])
  }
})

/** Answers the most megabytes of old objects that there are while each of many lives for a while. */
const churn = `
  collectGarbage()
  const lasting = Array.from({ length: 1_000_000 }, (_, at) => ({ at, text: String(at) }))
  collectGarbage()
  let most = 0
  for (let at = 0; at < 20_000_000; at++) {
    lasting[at % lasting.length] = { at, text: at }
    if (at % 50_000 === 0) {
      const old = getHeapSpaceStatistics().find((space) => space.space_name === 'old_space')
      most = Math.max(most, old.space_used_size)
    }
  }
  answer(most / 1e6)`

test('old objects that are garbage are soon collected', async () => {
  const [usual, small] = [Number(await run(churn)), Number(await run(`tuneHeap({ dataDir: '' });${churn}`))]
  expect(small).toBeLessThan(usual * 0.8)
})

const leave = (collect: string) => `
  let needed = { by: 'the start' }
  const left = new WeakRef(needed)
  needed = undefined
  setTimeout(() => {
    ${collect}
    answer([left.deref() === undefined, runInNewContext('typeof gc')])
  })`

test('what only the start needed is collected, and no function for that left behind', async () => {
  expect(await run(leave(''))).toEqual([false, 'undefined'])
  expect(await run(leave('collectGarbage()'))).toEqual([true, 'undefined'])
})

/** `(func (export "down") (param i32) (result i32) …)`, which counts down to zero in a loop. */
const countdown = [
  [0, 97, 115, 109, 1, 0, 0, 0], // WebAssembly, version 1
  [1, 6, 1, 96, 1, 127, 1, 127], // a type: of one i32 an i32
  [3, 2, 1, 0], // a function of it
  [7, 8, 1, 4, 100, 111, 119, 110, 0, 0], // exported as "down"
  [10, 18, 1, 16, 0, 3, 64, 32, 0, 65, 1, 107, 34, 0, 13, 0, 11, 32, 0, 11], // loop, minus 1, again unless 0
]

/** Answers whether a function of WebAssembly that was often called is as it was first compiled, by Liftoff. */
const callOften = `
  const { instance } = await WebAssembly.instantiate(new Uint8Array(${JSON.stringify(countdown.flat())}))
  const { down } = instance.exports
  const end = performance.now() + 1500
  do {
    for (let calls = 0; calls < 100; calls++) down(100_000)
    await new Promise((resolve) => setTimeout(resolve, 10))
  } while (%IsLiftoffFunction(down) && performance.now() < end)
  answer(%IsLiftoffFunction(down))`

test('WebAssembly is compiled anew, to be faster, only where the database is made of it', async () => {
  expect(await run(callOften)).toBe(false)
  expect(await run(`tuneHeap({ dataDir: '' });${callOften}`)).toBe(false)
  expect(await run(`tuneHeap({ url: '' });${callOften}`)).toBe(true)
})

/** Answers how many times as long as before full collections a tick of node's takes after them. */
const tick = `
  const many = 100_000
  const run = () => new Promise((resolve) => {
    const start = performance.now()
    let left = many
    const next = () => --left > 0 ? process.nextTick(next) : resolve(performance.now() - start)
    process.nextTick(next)
  })
  const fastest = async () => {
    const took = []
    while (took.length < 7) took.push(await run())
    return Math.min(...took)
  }
  const before = await fastest()
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    collectGarbage()
  }
  answer(await fastest() / before)`

test('ticks of node take as long after full collections as before', async () => {
  expect(await run(tick)).toBeGreaterThan(3)
  expect(await run(`tuneHeap({ dataDir: '' });${tick}`)).toBeLessThan(2)
})
