import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '../../../server/database/open.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import { silentLog } from './silent-log.ts'
import type { Store } from './store.ts'

/**
 * The embedded database, in a directory below this one.
 *
 * @param template the directory of one that is migrated, to begin with a copy of it
 */
export function embeddedStore(dir: string, rules: NameRules, template?: string): Store {
  const dataDir = join(dir, 'data')
  return {
    postgres: null,
    failover: null,
    dataDir,
    versions: {},
    restarts: [],
    // It works in the server's process: what the server has heard the end of is over, and else it was never asked.
    worksOnForMs: 0,
    mostProcesses: 1,
    async open() {
      if (template !== undefined && !existsSync(dataDir)) await cp(template, dataDir, { recursive: true })
      return openDatabase({ dataDir }, silentLog, rules)
    },
    way: async () => ({ back: null, settings: () => ({ DATA_DIR: dataDir }) }),
    remove: async () => {},
  }
}
