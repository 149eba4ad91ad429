import { openEmbedded } from '../../server/database/embedded.ts'
import type { Engine } from '../../server/database/engine.ts'
import type { Location } from '../../server/database/open.ts'
import { openPostgres } from '../../server/database/postgres.ts'
import { silent } from '../support/database.ts'

function openEngine(location: Location): Promise<Engine> {
  return 'url' in location ? openPostgres(location, silent) : openEmbedded(location.dataDir, silent)
}

/** Opens the engine of a database, without Dibs, for as long as something works on it. */
export async function withEngine<T>(location: Location, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(location)
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}
