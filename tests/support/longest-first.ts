import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { root } from '../../server/root.ts'

/** The files that take about half a minute and more beside another worker, the longest first. */
const longest = [
  'proof/broken',
  'database/migrations',
  'web/tabs',
  'bench/command',
  'race/command',
  'database/new-migration',
  'web/profile',
  'package/compiles',
  'web/session',
  'web/names',
  'web/look',
  'database/refusals',
  'proof/faults/postgres-faults',
  'proof/failover',
  'web/rename',
  'settings/start',
  'database/processes',
  'proof/command',
  'names/command-beside-database',
  'web/claim',
  'web/lost-answers',
  'live/processes',
  'identity/hostile',
  'web/late-claim',
  'conflicts/shapes',
  'web/delete-account',
  'web/keyboard',
  'heap',
  'conflicts/outages',
  'failures/repeating',
  'live/failures',
  'identity/session-memo',
  'http/shutdown',
].map((name) => join(root, 'tests', `${name}.test.ts`))

/**
 * Starts the longest files first, so that no worker is left with one of them alone at the end. Vitest goes by
 * what it remembers of them, and from a clean clone by their size, which tells little.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = longest.filter((file) => !existsSync(file))
    if (gone.length > 0) throw new Error(`named among the longest, and not there: ${gone.join(', ')}`)
    const sorted = await super.sort(files)
    const place = ({ moduleId }: TestSpecification) =>
      longest.includes(moduleId) ? longest.indexOf(moduleId) : longest.length
    return sorted.toSorted((a, b) => place(a) - place(b))
  }
}
