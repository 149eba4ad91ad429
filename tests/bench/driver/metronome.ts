import { parentPort, workerData } from 'node:worker_threads'

// Says when each of some moments has come, to a fraction of a millisecond, which timers can't: waits for
// them in a thread of its own. Several that have come meanwhile are one message.

/** In milliseconds of `clock()`, in their order. */
const moments: Float64Array = workerData
const never = new Int32Array(new SharedArrayBuffer(4))
const clock = () => performance.timeOrigin + performance.now()

for (let come = 0; come < moments.length; ) {
  const left = (moments[come] ?? 0) - clock()
  if (left > 0) Atomics.wait(never, 0, 0, left)
  const before = come
  for (const now = clock(); come < moments.length && (moments[come] ?? 0) <= now; ) come += 1
  if (come > before) parentPort?.postMessage(come)
}
