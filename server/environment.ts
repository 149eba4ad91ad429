import { statSync } from 'node:fs'
import { SettingsError } from './config.ts'

/** The variables of the process, and those of .env that it doesn't have. */
export function environment(): NodeJS.ProcessEnv {
  try {
    const found = statSync('.env', { throwIfNoEntry: false })
    // Docker makes a directory where a file that it is to mount is missing.
    if (found?.isDirectory()) throw new SettingsError('.env cannot be read: it is a directory')
    if (found !== undefined) process.loadEnvFile('.env')
  } catch (error) {
    if (error instanceof SettingsError) throw error
    throw new SettingsError(`.env cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  return process.env
}
