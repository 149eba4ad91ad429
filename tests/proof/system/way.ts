import type { Socket } from 'node:net'
import { reset } from './reset.ts'

/** How fast bytes go through, as it is now. */
export interface Pace {
  delayMs: number
  /** Of each way of each connection. */
  bytesPerSecond: number
  stalled: boolean
}

/** Bytes that go through together, with what the one who cut them thinks of them. */
export interface Portion<T> {
  readonly bytes: Buffer
  readonly mark: T
}

export interface Way {
  /** Lets go what may go now; to be called when the pace has changed. */
  flow(): void
  /** Forgets what is under way and passes nothing on any more. */
  close(): void
}

/** More than this isn't taken in before it could be passed on. */
const mostHeldBytes = 256 * 1024
/** How often a slow way passes something on. */
const tickMs = 20

/**
 * Passes on what one socket receives to another, at the given pace. What the sender ends, or
 * breaks, ends and breaks behind its last byte.
 *
 * @param cut divides a piece into portions, each of which is begun at once
 * @param take passes bytes on, or not; `isFirst` with those that begin a portion. Answers whether
 *   more can be taken: if not, the receiver's `drain` says when.
 */
export function openWay<T>(
  from: Socket,
  to: Socket,
  pace: Readonly<Pace>,
  cut: (piece: Buffer) => Portion<T>[],
  take: (portion: Portion<T>, isFirst: boolean) => boolean,
): Way {
  const queue: { portion: Portion<T>; at: number; isFirst: boolean }[] = []
  let held = 0
  const ends: { at: number; broken: boolean }[] = []
  let timer: NodeJS.Timeout | undefined
  let freeAt = 0
  let drained = true
  let closed = false

  function flow(): void {
    clearTimeout(timer)
    while (!closed && drained && !pace.stalled) {
      const next = queue[0] ?? ends[0]
      if (next === undefined) return
      const waitMs = Math.max(next.at + pace.delayMs, freeAt) - performance.now()
      if (waitMs > 0) {
        timer = setTimeout(flow, waitMs)
        return
      }
      if ('portion' in next) pass(next)
      else finish(next.broken)
    }
  }

  function pass(item: (typeof queue)[number]): void {
    const { bytes, mark } = item.portion
    const many = Number.isFinite(pace.bytesPerSecond)
      ? Math.max(1, Math.floor((pace.bytesPerSecond * tickMs) / 1000))
      : bytes.length
    const now = bytes.subarray(0, many)
    freeAt = performance.now() + (now.length / pace.bytesPerSecond) * 1000
    held -= now.length
    const { isFirst } = item
    if (now.length === bytes.length) queue.shift()
    else Object.assign(item, { portion: { bytes: bytes.subarray(many), mark }, isFirst: false })
    if (held < mostHeldBytes) from.resume()
    drained = take({ bytes: now, mark }, isFirst)
  }

  function finish(broken: boolean): void {
    ends.shift()
    if (broken) reset(to)
    else to.end()
  }

  from.on('data', (piece) => {
    const at = performance.now()
    for (const portion of cut(piece)) {
      held += portion.bytes.length
      queue.push({ portion, at, isFirst: true })
    }
    if (held >= mostHeldBytes) from.pause()
    flow()
  })
  from.on('end', () => {
    ends.push({ at: performance.now(), broken: false })
    flow()
  })
  from.on('close', (failed) => {
    if (failed) ends.push({ at: performance.now(), broken: true })
    flow()
  })
  to.on('drain', () => {
    drained = true
    flow()
  })
  return {
    flow,
    close() {
      closed = true
      queue.length = 0
      clearTimeout(timer)
    },
  }
}
