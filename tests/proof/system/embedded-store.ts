import { join } from 'node:path'
import { openDatabase } from '../../../server/database/open.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import { silentLog } from './silent-log.ts'
import type { Store } from './store.ts'

/** The embedded database, in a directory below this one. */
export function embeddedStore(dir: string, rules: NameRules): Store {
  const dataDir = join(dir, 'data')
  return {
    postgres: null,
    failover: null,
    dataDir,
    versions: {},
    restarts: [],
    mostProcesses: 1,
    open: () => openDatabase({ dataDir }, silentLog, rules),
    way: async () => ({ back: null, settings: () => ({ DATA_DIR: dataDir }) }),
    remove: async () => {},
  }
}
