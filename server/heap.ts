import { executionAsyncResource } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Location } from './database/open.ts'

/**
 * Tunes V8 for a process that answers many short requests: a small heap, soon collected. To be called before
 * the database is opened. What node has to be started with stands in package.json: how large the young
 * generation may be (`--max-semi-space-size`), and one place for the memory of all threads (`MALLOC_ARENA_MAX`).
 *
 * @param database the embedded one is WebAssembly itself, which is then compiled to be fast
 */
export function tuneHeap(database: Location): void {
  // Under load the objects of requests under way outlive a collection or two of the young generation. V8 may
  // conclude that what is made at those places lives long, and from then on makes it among the old objects,
  // where it stays until a full collection, with all that it refers to.
  setFlagsFromString('--no-allocation-site-pretenuring')
  // Little of the small young generation outlives a collection. Helper threads to copy that cost more than
  // they save, and on busy processors the collection waits for them.
  setFlagsFromString('--no-parallel-scavenge')
  // A full collection when the old objects have grown by this many percent since the last.
  setFlagsFromString('--heap-growing-percent=30')
  // Beside PostgreSQL nearly all WebAssembly is what plans Prisma's queries. To compile once more what of it is
  // often called takes memory, and sessions are looked up no faster.
  if ('url' in database) {
    setFlagsFromString('--no-wasm-tier-up')
    setFlagsFromString('--no-wasm-dynamic-tiering')
  }
  // V8 lets go of the shape of objects of which a full collection finds none. Those that node queues for
  // `process.nextTick` are made by a literal with computed keys, for which that is for good: it makes each
  // later one as if it were the first, in ten times the time. So there is always one. To be asked for it has
  // node call back through one more function, as AsyncLocalStorage does on Node 20 and 22.
  process.nextTick(() => kept.push(executionAsyncResource()))
}

/** Only to be there. */
const kept: object[] = []

/**
 * Collects what only the start needed. How far the heap may grow is reckoned from what the last full
 * collection left, and the first one might be long in coming.
 */
export function collectGarbage(): void {
  // Contexts have the function that are made while the flag is set.
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  collect()
}
