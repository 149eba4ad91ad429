import type { Log } from '../log.ts'
import { createAnnouncer, everyName } from './announcer.ts'
import type { Engine } from './engine.ts'
import type { Query } from './query.ts'

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
   * Tells every process, this one too, that what claiming some names would meet has changed.
   * Topics are words without spaces: names, or what names have in common. Call it once the change
   * is committed. Neither waits nor fails.
   */
  announce(topics: Iterable<string>): void
  /**
   * Calls `changed` after each announcement of one of these topics, and whenever one may have been missed,
   * which is soon after the first watch of the process too. Answers what ends it.
   */
  watch(topics: readonly string[], changed: () => void): () => void
  /** How many watches there are. */
  watching(): number
}

/** The changes of names of a database. The session to listen on is opened by the first watch, then kept. */
export function openNameChanges(
  engine: Engine,
  query: Query,
  log: Log,
): NameChanges & { close(): Promise<void> } {
  const watches = new Map<string, Set<() => void>>()
  let listens = false

  const { announce, close } = createAnnouncer(async (payloads) => {
    // News is gone with a crash in any case: this one transaction waits for neither disk nor standby.
    await query`
      SELECT set_config('synchronous_commit', 'off', true), pg_notify(${channel}, payload)::text
      FROM unnest(${payloads}::text[]) AS payload`
  }, log)

  function tell(topics: Iterable<string>): void {
    for (const topic of topics) for (const changed of watches.get(topic) ?? []) changed()
  }

  return {
    announce,
    close,
    watch(topics, changed) {
      for (const topic of topics) {
        watches.set(topic, (watches.get(topic) ?? new Set()).add(changed))
      }
      if (!listens) {
        listens = true
        engine.listen(channel, {
          listening: () => tell(watches.keys()),
          heard: (payload) => tell(payload === everyName ? watches.keys() : payload.split(' ')),
        })
      }
      return () => {
        for (const topic of topics) {
          const ofTopic = watches.get(topic)
          ofTopic?.delete(changed)
          if (ofTopic?.size === 0) watches.delete(topic)
        }
      }
    },
    watching: () => new Set([...watches.values()].flatMap((ofTopic) => [...ofTopic])).size,
  }
}
