import pg from 'pg'
import { postmasterOf, type Used, usedBy } from './cost/database.ts'
import { mostPeople } from './people.ts'
import type { Store } from './stores/store.ts'
import { withoutIndexes } from './stores/without-indexes.ts'

/** How many people are entered by one statement. */
const atOnce = 50_000
/** From so many on it is faster to make all indexes anew. */
const manyOwners = 200_000
/** People who are to claim in so large a database: entering more between measurements would be felt in them. */
const enoughClaimants = 250_000
/** People who never get a name: the losers. Enough that nobody is back while a server may remember them. */
const loserCount = 10_000

/** A database with numbered people: first the owners of a name, then losers, then people who are to claim one. */
export interface DatabaseInUse {
  readonly owners: number
  readonly losers: number
  /** The first of so many people who have not claimed yet; they stay the next ones until some are spent. */
  claimants(many: number): Promise<number>
  /** Tells that so many of them have claimed, of whom so many were told that it is theirs. */
  spend(claims: { readonly sent: number; readonly won: number; readonly answered: number }): void
  /** @throws when there is not a row for everybody who was told that a name is theirs, or one too many. */
  expectRows(): Promise<void>
  /**
   * Reads what claims touch into the server's memory, where it is after days of use. It is not after
   * millions of people were entered, least of all in a database after which another one was filled.
   */
  warm(): Promise<void>
  used(): Promise<Used>
  close(): Promise<void>
}

export interface InUseOptions {
  readonly store: Store
  readonly owners: number
  /** Whether any of its people are to claim, who have to be there before. */
  readonly isClaimedIn: boolean
  readonly say: (line: string) => void
}

/** Enters people into a new database that has its tables. */
export async function openInUse(
  url: string,
  { store, owners, isClaimedIn, say }: InUseOptions,
): Promise<DatabaseInUse> {
  const client = new pg.Client(url)
  await client.connect()
  const postmaster = await postmasterOf(client)
  let entered = 0
  const told = { won: 0, unanswered: 0 }

  async function enter(statement: string, many: number): Promise<void> {
    const end = entered + many
    if (end > mostPeople) throw new Error(`more than ${mostPeople} people are needed`)
    while (entered < end) {
      const to = Math.min(end, entered + atOnce)
      await client.query(statement, [entered, to])
      entered = to
      if (owners > 10 * atOnce && entered % (10 * atOnce) === 0) say(`${store.name}: ${entered} of ${owners}`)
    }
  }

  async function namesIn(): Promise<number> {
    const { rows } = await client.query(store.count)
    return rows[0].count
  }

  say(`Database ${store.name}: entering ${owners} people with a name`)
  const isLarge = owners > manyOwners
  async function fill(): Promise<void> {
    await enter(store.owners, owners)
    await enter(store.people, loserCount)
    if (isClaimedIn) await enter(store.people, isLarge ? enoughClaimants : atOnce)
  }
  if (isLarge) await withoutIndexes(client, fill)
  else await fill()
  let next = owners + loserCount
  await client.query('VACUUM ANALYZE')
  await client.query('CHECKPOINT')
  const before = await namesIn()

  return {
    owners,
    losers: loserCount,
    async claimants(many) {
      const missing = next + many - entered
      if (missing > 0) await enter(store.people, Math.max(missing, atOnce))
      return next
    },
    spend({ sent, won, answered }) {
      next += sent
      told.won += won
      told.unanswered += sent - answered
    },
    async expectRows() {
      const there = (await namesIn()) - before
      if (there >= told.won && there <= told.won + told.unanswered) return
      throw new Error(
        `${store.name}: ${told.won} were told that a name is theirs, ${told.unanswered} not answered, and ${there} names are there`,
      )
    },
    async warm() {
      await client.query('CREATE EXTENSION IF NOT EXISTS pg_prewarm')
      await client.query('SELECT pg_prewarm(relation) FROM unnest($1::regclass[]) AS t(relation)', [
        store.touched,
      ])
    },
    used: () => usedBy(client, postmaster),
    close: () => client.end(),
  }
}
