import { Stop } from '../../race/command/stop.ts'
import type { DatabaseName } from '../system/system.ts'
import { faults } from './all.ts'
import type { Fault } from './fault.ts'

/** The faults that are asked for by name, or all that can happen to a database. */
export function faultsFor(database: DatabaseName, names: readonly string[] | 'all'): Fault[] {
  const possible = faults.filter(({ databases }) => databases.includes(database))
  if (names === 'all') return possible
  return names.map((name) => {
    const found = possible.find((fault) => fault.name === name)
    if (found) return found
    const known = possible.map((fault) => fault.name).join(', ')
    throw new Stop(`--faults must be of ${known || 'none'} with --database ${database}, not "${name}".`)
  })
}
