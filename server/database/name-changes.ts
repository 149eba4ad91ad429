import type { UsernameKey } from '../../shared/username.ts'
import type { Log } from '../log.ts'
import { createAnnouncer, everyName } from './announcer.ts'
import type { Engine } from './engine.ts'
import type { PrismaClient } from './generated/client.ts'

const channel = 'dibs_usernames'

/**
 * Which names changed, told among all processes on one database by LISTEN and NOTIFY.
 *
 * A change is announced after it is committed, and not by its own transaction: one that
 * notifies takes a lock of the whole server to commit, so that no two claims could commit at
 * once. A process that is killed in between leaves its latest changes unannounced; those who
 * watch these names hear of them with the next change, or when they connect again.
 */
export interface NameChanges {
  /**
   * Tells every process, this one too, that what claiming these names would meet has changed.
   * Call it once the change is committed. Neither waits nor fails.
   */
  announce(keys: Iterable<UsernameKey>): void
  /**
   * Calls `changed` after each announcement of a name, and whenever one may have been missed,
   * which is soon after the first watch of the process too. Answers what ends it.
   */
  watch(key: UsernameKey, changed: () => void): () => void
  /** How many watches there are. */
  watching(): number
}

/** The changes of names of a database. The session to listen on is opened by the first watch, then kept. */
export function openNameChanges(
  engine: Engine,
  prisma: PrismaClient,
  log: Log,
): NameChanges & { close(): Promise<void> } {
  const watches = new Map<string, Set<() => void>>()
  let listens = false

  const { announce, close } = createAnnouncer(async (payloads) => {
    await prisma.$executeRaw`SELECT pg_notify(${channel}, payload) FROM unnest(${payloads}::text[]) AS payload`
  }, log)

  function tell(names: Iterable<string>): void {
    for (const name of names) for (const changed of watches.get(name) ?? []) changed()
  }

  return {
    announce,
    close,
    watch(key, changed) {
      const ofName = watches.get(key) ?? new Set()
      watches.set(key, ofName.add(changed))
      if (!listens) {
        listens = true
        engine.listen(channel, {
          listening: () => tell(watches.keys()),
          heard: (payload) => tell(payload === everyName ? watches.keys() : payload.split(' ')),
        })
      }
      return () => {
        ofName.delete(changed)
        if (ofName.size === 0) watches.delete(key)
      }
    },
    watching: () => [...watches.values()].reduce((sum, { size }) => sum + size, 0),
  }
}
