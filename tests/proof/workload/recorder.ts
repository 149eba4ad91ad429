import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { usernameKey } from '../../../shared/username.ts'
import type { ClockMove } from '../faults/clock-moves.ts'
import { usernameIn } from '../history.ts'
import type { DibsServer } from '../system/dibs-server.ts'
import type { Store } from '../system/store.ts'
import type { Ended } from './outcome.ts'
import type { Asked } from './wire.ts'

/** A line of a history as it was seen; whether it is one a Call says when it is read. */
export interface Seen {
  readonly id: string
  readonly process: string
  readonly call: number
  readonly return: number
  readonly calledAt: number
  readonly by: string | null
  readonly procedure: Asked['procedure']
  readonly input: Asked['input']
  readonly outcome: Ended
}

/** A claim that was answered with success. */
export interface Acknowledged {
  readonly key: string
  readonly by: string
  readonly claimedAt: string
}

/** Writes the history of a round. */
export interface Recorder {
  add(seen: Seen): void
  /** One of which nobody knows what it did, and to which life of a server it went, null where that is uncertain. */
  addUnknown(seen: Seen, server: DibsServer, life: number | null): void
  addClock(move: ClockMove): void
  readonly acknowledged: readonly Acknowledged[]
  readonly unknown: readonly Seen[]
  /** Writes what is left, with what became certain of calls without an answer. */
  close(): Promise<void>
}

/** What is known of when the database does no more for a server that has answered. */
export interface Settling extends Pick<Store, 'restarts' | 'worksOnForMs'> {
  /** From when on, a moment or after it, nothing keeps back what the server had sent it by then, if that is known. */
  calmFrom(moment: number): number | undefined
}

/** So many lines are written at a time. */
const together = 200

export function recordTo(file: string, { restarts, worksOnForMs, calmFrom }: Settling): Recorder {
  const stream = createWriteStream(file)
  const acknowledged: Acknowledged[] = []
  const unknown: { seen: Seen; server: DibsServer; life: number | null }[] = []
  let lines: string[] = []

  function write(seen: (Seen & { settledBy?: number }) | ClockMove): void {
    lines.push(JSON.stringify(seen))
    if (lines.length >= together) flush()
  }

  function flush(): void {
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`)
    lines = []
  }

  /** A server that has answered does nothing more; what it had begun in the database comes to its end there. */
  function endsOfAnswered({ outcome, return: answered }: Seen): (number | undefined)[] {
    if (outcome.kind !== 'UNAVAILABLE') return []
    return [restarts.find((at) => at >= answered), endOfWork(answered)]
  }

  function endOfWork(answered: number): number | undefined {
    if (worksOnForMs === null) return undefined
    if (worksOnForMs === 0) return answered
    const calm = calmFrom(answered)
    return calm === undefined ? undefined : calm + worksOnForMs * 1e6
  }

  return {
    acknowledged,
    get unknown() {
      return unknown.map(({ seen }) => seen)
    },
    add(seen) {
      const { by, procedure, outcome } = seen
      const username = usernameIn(seen)
      if (procedure === 'profile.claimUsername' && username && outcome.kind === 'OK' && by !== null) {
        const { claimedAt } = outcome.answer as { claimedAt?: unknown }
        acknowledged.push({ key: usernameKey(username), by, claimedAt: String(claimedAt) })
      }
      write(seen)
    },
    addUnknown(seen, server, life) {
      unknown.push({ seen, server, life })
    },
    addClock: write,
    async close() {
      for (const { seen, server, life } of unknown) {
        const ends = [life === null ? undefined : server.endOf(life), ...endsOfAnswered(seen)]
        const settledBy = Math.min(...ends.flatMap((end) => end ?? []))
        write(Number.isFinite(settledBy) ? { ...seen, settledBy: Math.max(settledBy, seen.call) } : seen)
      }
      flush()
      stream.end()
      await once(stream, 'finish')
    },
  }
}
