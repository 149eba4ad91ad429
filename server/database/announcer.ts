import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { keepTrying } from './keep-trying.ts'

/** For how long changes are gathered before they are sent. */
const gatheringMs = 50

/** PostgreSQL takes payloads of less than 8000 bytes. */
const mostBytes = 7_900

/** More names than this, while nothing can be sent, are announced as all of them. */
const mostNames = 10_000

/** The payload that means any name. */
export const everyName = '*'

export interface Announcer {
  /** Announces names soon, together with others. Neither waits nor fails. */
  announce(keys: Iterable<string>): void
  /** Sends what is left, or gives up on it if that fails. */
  close(): Promise<void>
}

/**
 * Gathers the names that changed, and sends them in one statement at a time: at most one
 * every `gatheringMs`, however many claims there are. What fails is sent again.
 *
 * @param send sends payloads, each some keys with spaces between
 */
export function createAnnouncer(send: (payloads: string[]) => Promise<void>, log: Log): Announcer {
  const closing = new AbortController()
  const { signal } = closing
  const names = new Set<string>()
  let sending: Promise<void> | undefined

  async function sendGathered(): Promise<void> {
    const batch = [...names]
    names.clear()
    try {
      await send(payloadsOf(batch))
    } catch (error) {
      gather(batch)
      throw error
    }
  }

  function gather(more: Iterable<string>): void {
    for (const name of more) names.add(name)
    if (names.size > mostNames || names.has(everyName)) {
      names.clear()
      names.add(everyName)
    }
  }

  async function sendAll(): Promise<void> {
    try {
      while (names.size > 0) {
        await sleep(gatheringMs, undefined, { signal })
        await keepTrying(sendGathered, {
          leastWaitMs: 100,
          mostWaitMs: 5_000,
          signal,
          complain: (error) => log.warn({ err: error }, 'cannot announce changes of names'),
        })
      }
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'changes of names not announced')
    } finally {
      // Here, so that a name which comes from now on finds nobody who sends.
      sending = undefined
    }
  }

  return {
    announce(keys) {
      gather(keys)
      // With nothing to send it would end before it is assigned, and stay assigned.
      if (names.size > 0) sending ??= sendAll()
    },
    async close() {
      closing.abort()
      await sending
      if (names.size === 0) return
      await sendGathered().catch((error: unknown) => {
        log.warn({ err: error }, 'changes of names not announced')
      })
    },
  }
}

/** As few payloads as hold all names. */
function payloadsOf(names: readonly string[]): string[] {
  const payloads: string[] = []
  let payload = ''
  for (const name of names) {
    if (payload.length + 1 + name.length > mostBytes) {
      payloads.push(payload)
      payload = ''
    }
    payload = payload === '' ? name : `${payload} ${name}`
  }
  return payload === '' ? payloads : [...payloads, payload]
}
