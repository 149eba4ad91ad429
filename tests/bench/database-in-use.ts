import pg from 'pg'
import { postmasterOf, type Used, usedBy } from './cost/database.ts'
import { mostPeople } from './people.ts'
import type { Store } from './stores/store.ts'

/** How many people are entered by one statement. */
const atOnce = 50_000
/** People who never get a name: the losers. */
const loserCount = 1000

/** A database with numbered people: first the owners of a name, then losers, then people who are to win one. */
export interface DatabaseInUse {
  readonly owners: number
  readonly losers: number
  fill(owners: number): Promise<void>
  /** The first of so many people who have no name yet; they stay the next ones until some are spent. */
  winners(many: number): Promise<number>
  spend(many: number): void
  /** How many people have won a name since `fill`. */
  won(): Promise<number>
  used(): Promise<Used>
  close(): Promise<void>
}

export async function openInUse(url: string, store: Store): Promise<DatabaseInUse> {
  const client = new pg.Client(url)
  await client.connect()
  const postmaster = await postmasterOf(client)
  let owners = 0
  let entered = 0
  let next = 0

  async function enter(statement: string, many: number): Promise<void> {
    const end = entered + many
    if (end > mostPeople) throw new Error(`more than ${mostPeople} people are needed`)
    while (entered < end) {
      const to = Math.min(end, entered + atOnce)
      await client.query(statement, [entered, to])
      entered = to
    }
  }

  return {
    get owners() {
      return owners
    },
    losers: loserCount,
    async fill(many) {
      await enter(store.owners, many)
      owners = many
      next = many + loserCount
      await enter(store.people, loserCount + atOnce)
      await client.query('VACUUM ANALYZE')
    },
    async winners(many) {
      const missing = next + many - entered
      if (missing > 0) await enter(store.people, Math.max(missing, atOnce))
      return next
    },
    spend(many) {
      next += many
    },
    async won() {
      const { rows } = await client.query(store.count)
      return rows[0].count - owners
    },
    used: () => usedBy(client, postmaster),
    close: () => client.end(),
  }
}
