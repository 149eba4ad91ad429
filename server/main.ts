import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { readSettings, SettingsError } from './config.ts'
import { type Database, openDatabase } from './database/open.ts'
import { hasOldSkeletons } from './domain/skeletons.ts'
import { environment } from './environment.ts'
import { explain } from './explain.ts'
import { freePort } from './free-port.ts'
import { collectGarbage, tuneHeap } from './heap.ts'
import { createLog } from './log.ts'
import { root } from './root.ts'
import { keptSecret } from './secret.ts'
import type { Settings } from './settings.ts'
import { stopOnSignal } from './stop-on-signal.ts'

const help = `Dibs: usernames and profiles, one owner per name.

Usage: npm start

Settings are environment variables, also read from a file .env in the current directory:

  PORT, HOST          where to listen (3000, 127.0.0.1)
  DATABASE_URL        postgresql://… (none: the embedded database in DATA_DIR)
  POOL_SIZE           connections to PostgreSQL (10)
  DATA_DIR            embedded database and generated secret (.data)
  PUBLIC_URL          what a browser calls us (http://localhost:PORT)
  AUTH_SECRET         signs sessions; required with DATABASE_URL (generated into DATA_DIR)
  JWKS_URL            keys of your own identity provider, in place of e-mail and password (none)
  JWT_ISSUER          the issuer of its tokens; required with JWKS_URL
  JWT_AUDIENCE        the audience of its tokens; required with JWKS_URL
  CORS_ORIGINS        origins of other front ends, separated by commas (none)
  TRUST_PROXY         how many proxies in front to believe, or their addresses (none)
  RATE_LIMITS         on, or off for load tests (on)
  LOG_LEVEL           fatal, error, warn, info, debug, trace or silent (info)
  USERNAME_HOLD_DAYS  how long a name that was given up is held for its last owner (90)
  USERNAME_LOOK_ALIKES  refuse names that look like another person's, or allow them (refuse)
  USERNAME_RENAMES    how often a person may change their name (5) …
  USERNAME_RENAME_DAYS  … in how many days (30); RATE_LIMITS=off lifts it too
  SHUTDOWN_SECONDS    how long requests in flight may take when asked to stop (15)

.env.example says more of each.
`

async function start(): Promise<void> {
  const settings = await withFreePort(readSettings(environment()))
  tuneHeap(settings.database)
  const log = createLog(settings.logLevel)
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'defect outside of any request: stopping')
    process.exit(1)
  })
  const database = await openDatabase(settings.database, log, settings.nameRules)
  if (settings.nameRules.lookAlikes === 'refuse') void warnOfOldSkeletons(database, log)
  const identity = settings.jwks
    ? { authenticate: (await import('./identity/jwks.ts')).authenticateByJwks(settings.jwks) }
    : { authSecret: settings.authSecret ?? (await keptSecret(settings.dataDir)) }
  const webDir = join(root, 'dist', 'web')
  const app = await createApp({ settings, database, log, ...identity, ownProcess: true, webDir })
  collectGarbage()
  const listening = app.listen({ host: settings.host, port: settings.port })
  stopOnSignal({ app, database, log, listening, shutdownMs: settings.shutdownMs })
  await listening
  process.stdout.write(await greeting(settings))
}

/** PORT=0 is any port that is free. */
async function withFreePort(settings: Settings): Promise<Settings> {
  if (settings.port !== 0) return settings
  const port = await freePort(settings.host)
  return { ...settings, port, publicUrl: settings.publicUrl.replace(/:0$/, `:${port}`) }
}

async function greeting({ publicUrl, database, jwks, rateLimits }: Settings): Promise<string> {
  const lines = [`Dibs is ready: ${publicUrl}`, '']
  if ('url' in database) {
    const { addressOf } = await import('./database/postgres.ts')
    lines.push(`Database: PostgreSQL at ${addressOf({ connectionString: database.url })}`)
  } else {
    lines.push(
      `Database: embedded, in ${database.dataDir}. It survives crashes, but not a power cut:`,
      'it does not flush to disk at each commit. Set DATABASE_URL to use PostgreSQL.',
    )
  }
  if (jwks) lines.push(`Identity: tokens of ${jwks.issuer}`)
  if (!rateLimits) lines.push('RATE_LIMITS=off: EVERY RATE LIMIT IS LIFTED. For load tests only.')
  return `\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`
}

/** Nobody waits for it: after a new version of the table it may have to read most of the names. */
async function warnOfOldSkeletons({ query }: Database, log: Logger): Promise<void> {
  try {
    if (await hasOldSkeletons(query)) {
      log.warn('not every name is compared for look-alikes: run "npm run dibs -- names skeletons"')
    }
  } catch (error) {
    log.warn({ err: error }, 'whether every name is compared for look-alikes could not be found out')
  }
}

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help ?? false
  } catch (error) {
    throw new SettingsError(`${(error as Error).message.split('.')[0]}; --help lists all that there is`)
  }
}

try {
  if (wantsHelp()) process.stdout.write(help)
  else await start()
} catch (error) {
  process.stderr.write(`\nDibs cannot start. ${explain(error)}\n`)
  process.exit(1)
}
