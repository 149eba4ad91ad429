import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SettingsError } from './config.ts'
import { leastSecret } from './identity/authenticate.ts'

/**
 * The secret kept in a data directory, made on first use and readable by its owner alone. Whoever
 * calls holds the directory's lock.
 *
 * @throws {SettingsError} when what is kept is too short to be one: better-auth would sign with
 *   a secret that everybody knows in place of an empty one.
 */
export async function keptSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'auth-secret')
  const kept = (await read(file)) ?? (await make(file))
  if (kept.length >= leastSecret) return kept
  throw new SettingsError(
    `AUTH_SECRET is not set, and ${file} holds no secret of at least ${leastSecret} characters: delete it to have a new one made, which signs everybody out`,
  )
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}

/** Under its name only once it is whole, however soon the process ends. */
async function make(file: string): Promise<string> {
  const secret = randomBytes(32).toString('base64')
  await writeFile(`${file}.new`, secret, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return secret
}
