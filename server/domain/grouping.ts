import type { EngineName } from '../database/engine.ts'
import type { Grouping } from './in-groups.ts'

/** How many of a kind one statement does. */
const mostTogether = 32

/**
 * How many statements of a kind may be under way: some that run, and one that waits for the disk. With more
 * of them each does less, at a higher price. The embedded database does one thing at a time.
 */
const places = { embedded: 1, postgresql: 3 }

/** Until then a statement that waits for another transaction keeps the next ones waiting. */
const placeForMs = 50

/** How what comes at the same time goes to a database in one statement. */
export function groupingOn(engine: EngineName): Grouping {
  return { places: places[engine], most: mostTogether, placeForMs }
}
