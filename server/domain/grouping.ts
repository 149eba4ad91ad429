import { type EngineName, patienceMs } from '../database/engine.ts'
import type { Grouping } from './in-groups.ts'

/**
 * How many of a kind one statement does: with more of them each costs a little less, but the database is
 * idle while they are read, and the server while it works on them.
 */
const mostTogether = 20

/**
 * How many statements of a kind (claims, checks, profiles) may be under way, of the pool's connections. With
 * more of them each does less, at a higher price. The embedded database does one thing at a time.
 */
const places = { embedded: 1, postgresql: 3 }

/** For so long, or twice as long, a statement that takes long keeps the next ones waiting. */
const placeForMs = 50

/** How what comes at the same time goes to a database in one statement. */
export function groupingOn(engine: EngineName): Grouping {
  return { places: places[engine], most: mostTogether, placeForMs, patienceMs }
}
