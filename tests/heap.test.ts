import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../server/root.ts'

/** What a program answers that may use the compiled `server/heap.ts` and V8's own functions. */
async function run(program: string): Promise<unknown> {
  const heap = join(root, 'dist', 'server', 'heap.js')
  const prelude = `
    import { setFlagsFromString } from 'node:v8'
    import { collectGarbage, keepHeapSmall } from ${JSON.stringify(heap)}
    const answer = (value) => process.stdout.write(JSON.stringify(value))
    `
  const flags = ['--allow-natives-syntax', '--input-type=module', '--eval']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, prelude + program])
  return JSON.parse(stdout)
}

/** Has V8 learn that what a function makes lives long; then whether it makes it among the young objects. */
const learned = `
  const make = (at) => [at, { at }]
  let kept = []
  for (let at = 0; at < 4_000_000; at++) {
    if (at % 2_000_000 === 0) kept = []
    kept.push(make(at))
  }
  const made = make(0)
  answer([%InYoungGeneration(made), %InYoungGeneration(made[1])])`

test('what is made for a request is among the young objects, whatever V8 saw before', async () => {
  expect(await run(learned)).toEqual([false, false])
  expect(await run(`keepHeapSmall();${learned}`)).toEqual([true, true])
})

test('what only the start needed is collected, and nobody else can do that', async () => {
  const program = `
    let needed = { by: 'the start' }
    const left = new WeakRef(needed)
    needed = undefined
    setTimeout(() => {
      collectGarbage()
      answer([left.deref() === undefined, typeof globalThis.gc])
    })`
  expect(await run(program)).toEqual([true, 'undefined'])
})
