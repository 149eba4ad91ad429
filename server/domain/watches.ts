import DataLoader from 'dataloader'
import type { UsernameStatus } from '../../shared/schemas.ts'
import type { Database } from '../database/open.ts'
import { type Asked, type KnownStatus, statusesOf } from './statuses.ts'

/** How many names one statement looks up. */
const mostAtOnce = 500

/** Names that are being watched. */
export interface Watches {
  /**
   * What claiming a name would meet: at once, and again whenever that is something else, which
   * it may be once one of the topics is announced. Ends
   * when `signal` is aborted or the watches are closed, and not before.
   */
  follow(asked: Asked, topics: readonly string[], signal?: AbortSignal): AsyncGenerator<UsernameStatus, void>
  /** Ends those under way, and those to come at once. */
  close(): void
}

/**
 * Watches of the names of one database. Nothing is asked of it until a name is announced, and
 * then once for everybody who watches it.
 */
export function createWatches({ prisma, names }: Pick<Database, 'prisma' | 'names'>): Watches {
  const statuses = new DataLoader<Asked, KnownStatus>((asked) => statusesOf(prisma, asked), {
    cache: false,
    maxBatchSize: mostAtOnce,
  })
  const closing = new Set<() => void>()
  let closed = false

  return {
    async *follow(asked, topics, signal) {
      const bell = createBell()
      const ends = [names.watch(topics, bell.ring), () => closing.delete(bell.ring)]
      closing.add(bell.ring)
      signal?.addEventListener('abort', bell.ring)
      try {
        let told: UsernameStatus | undefined
        while (!closed && !signal?.aborted) {
          const { status, freeInMs } = await statuses.load(asked)
          if (status !== told) yield status
          told = status
          await bell.rung(freeInMs)
        }
      } finally {
        signal?.removeEventListener('abort', bell.ring)
        for (const end of ends) end()
      }
    },
    close() {
      closed = true
      for (const ring of closing) ring()
    },
  }
}

/** Wakes the one who waits for it; a ring while nobody waits is kept. */
function createBell() {
  let kept = false
  let wake = () => {}
  return {
    ring() {
      kept = true
      wake()
    },
    /** Resolves at the next ring, or after so many milliseconds if that is earlier. */
    async rung(withinMs: number | null): Promise<void> {
      let timer: NodeJS.Timeout | undefined
      if (!kept) {
        await new Promise<void>((resolve) => {
          wake = resolve
          if (withinMs !== null) timer = setTimeout(resolve, withinMs)
        })
      }
      clearTimeout(timer)
      kept = false
    },
  }
}
