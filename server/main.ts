import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from './app.ts'
import { readSettings, SettingsError } from './config.ts'
import { DatabaseRefusal } from './database/engine.ts'
import { openDatabase } from './database/open.ts'
import { root } from './root.ts'
import { keptSecret } from './secret.ts'

/** How long requests in flight may take to end once the process is asked to stop. */
const graceMs = 15_000

const help = `Dibs: usernames and profiles, one owner per name.

Usage: npm start

Settings are environment variables, also read from a file .env; .env.example lists them all.
Without DATABASE_URL the embedded database in DATA_DIR (.data) is used.
`

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const settings = readSettings(process.env)
  const log = pino({ level: settings.logLevel })
  const database = await openDatabase(settings.database, log)
  const authSecret = settings.authSecret ?? (await keptSecret(settings.dataDir))
  const webDir = join(root, 'dist', 'web')
  const app = await createApp({ settings, database, log, authSecret, webDir })
  if (!settings.rateLimits) log.warn('RATE_LIMITS=off: every rate limit is lifted. For load tests only.')
  if (database.engine === 'embedded') {
    log.info(
      `Embedded database in ${settings.dataDir}. It survives crashes, but not a power cut: it does not flush to disk at each commit.`,
    )
  }
  stopOnSignal(async () => {
    await app.close()
    await database.close()
  })
  await app.listen({ host: settings.host, port: settings.port })
  process.stdout.write(`\n  Dibs is ready: ${settings.publicUrl}\n\n`)
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false
  async function stop(): Promise<void> {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), graceMs).unref()
    await close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** Mistakes of the operator are told in a sentence; everything else with all that is known. */
function explain(error: unknown): string {
  if (error instanceof SettingsError) return `A setting is wrong.\n${error.message}`
  if (error instanceof DatabaseRefusal) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

if (process.argv.includes('--help')) {
  process.stdout.write(help)
} else {
  try {
    await start()
  } catch (error) {
    process.stderr.write(`\nDibs cannot start. ${explain(error)}\n`)
    process.exit(1)
  }
}
