import { createApp } from '../../../server/app.ts'
import { readSettings } from '../../../server/config.ts'
import { openDatabase } from '../../../server/database/open.ts'
import { createLog } from '../../../server/log.ts'
import { serve } from './serve.ts'

// Dibs without a session check, as the README mounts it behind a gateway that says who asks.

const settings = readSettings(process.env)
const log = createLog(settings.logLevel)
const database = await openDatabase(settings.database, log, settings.nameRules)
const app = await createApp({
  settings,
  database,
  log,
  authenticate: async (headers) => {
    const id = headers.get('x-person')
    return id === null ? null : { id, name: '' }
  },
})
await serve(app)
