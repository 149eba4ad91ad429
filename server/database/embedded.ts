import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { tryLock } from 'fs-native-extensions'
import type { Log } from '../log.ts'
import { isFull } from './disk-space.ts'
import { EmbeddedAdapter } from './embedded-adapter.ts'
import { DatabaseInUse, DatabaseRefusal, type Engine } from './engine.ts'
import { makeDirectory, makePrivate } from './make-directory.ts'
import type { Row } from './query.ts'
import { translated } from './wasi-error.ts'

/**
 * Opens the embedded database (PGlite: PostgreSQL in WebAssembly) in a directory, which it
 * makes if need be.
 *
 * Two processes on one directory would destroy it, so a lock of the operating system is
 * held for as long as it is open. The system drops it when the process dies, however it dies.
 */
export async function openEmbedded(dataDir: string, log: Log): Promise<Engine> {
  await makeDirectory(dataDir)
  const lock = await open(join(dataDir, 'lock'), 'a')
  if (!tryLock(lock.fd)) {
    await lock.close()
    throw new DatabaseInUse(
      `The embedded database in ${dataDir} is in use by another process. ` +
        'Stop that one, choose another DATA_DIR, or set DATABASE_URL: a PostgreSQL server takes any number of processes.',
    )
  }
  try {
    const directory = join(dataDir, 'database')
    // PGlite's files anybody may write.
    await makePrivate(directory)
    const client = await openClient(directory)
    const adapter = new EmbeddedAdapter(client)
    return {
      name: 'embedded',
      adapter,
      async run(sql, values) {
        const { rows } = await client.query<Row>(sql, [...values])
        return rows
      },
      connectToMigrate: () => adapter.connect(),
      isFull: () => isFull(directory),
      listen(channel, listener) {
        client.listen(channel, listener.heard).then(listener.listening, (error: unknown) => {
          if (!client.closed) log.error({ err: error }, 'cannot listen for changes of names')
        })
      },
      async close() {
        try {
          await client.close()
        } finally {
          await lock.close()
        }
      },
    }
  } catch (error) {
    const why = translated(error)
    log.error({ err: why }, 'embedded database')
    await lock.close()
    throw await refusalOf(dataDir, (why as NodeJS.ErrnoException).code)
  }
}

/** Has nobody move away a database that is merely out of reach. */
async function refusalOf(dataDir: string, code: string | undefined): Promise<DatabaseRefusal> {
  const what = `The embedded database in ${dataDir} cannot be opened`
  if (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    (await isFull(join(dataDir, 'database')).catch(() => false))
  ) {
    return new DatabaseRefusal(
      `${what}: no space is left there. Free some and start again, and until then leave the database as it is.`,
    )
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new DatabaseRefusal(`${what} (${code}). Let this user read and write all of it.`)
  }
  return new DatabaseRefusal(
    `${what}; the log says why. Restore it from a copy, or move it away to begin anew.`,
  )
}

/**
 * PostgreSQL clears its buffers as it starts, its own 128 MB of them too, which takes longer than
 * all else about them gains: the system keeps the files that were read, as it does for anybody.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

/** Never leaves it open behind an error: the lock is let go of next. */
async function openClient(dataDir: string): Promise<PGlite> {
  const client = await PGlite.create({ dataDir, startParams })
  try {
    await client.exec("SET TIME ZONE 'UTC'")
    return client
  } catch (error) {
    await client.close()
    throw error
  }
}

/**
 * The files of a new database, for a while after the first one in memory: to make them takes several times as
 * long as to read them, and who migrates needs two.
 */
let image: Promise<Blob> | undefined
const keptMs = 60_000

/** An embedded database in memory, which is gone when it is disposed of. */
export async function openInMemory(): Promise<SqlDriverAdapter> {
  const client = await PGlite.create({ startParams, ...(image && { loadDataDir: await image }) })
  if (image === undefined) {
    image = client.dumpDataDir('none')
    setTimeout(() => {
      image = undefined
    }, keptMs).unref()
    await image
  }
  const adapter = await new EmbeddedAdapter(client).connect()
  adapter.dispose = () => client.close()
  return adapter
}
