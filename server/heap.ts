import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Has V8 keep the heap of a process small that answers many short requests. To be called before the first. */
export function keepHeapSmall(): void {
  // What outlived two collections of the young generation while V8 learns, as requests under way do when
  // there are many, it would from then on make among the old objects. Those are collected late, and
  // keep all that they refer to until then: up to three quarters of a request's objects.
  setFlagsFromString('--no-allocation-site-pretenuring')
  // Garbage among the old objects is collected when it is as much as this share of what is in use.
  setFlagsFromString('--heap-growing-percent=40')
}

/**
 * Collects what only the start needed. V8 sets the limit by what is in use after a full collection, of
 * which there would be none for long.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  collect()
}
