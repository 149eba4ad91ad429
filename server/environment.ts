import { existsSync } from 'node:fs'
import { SettingsError } from './config.ts'

/** The variables of the process, and those of .env that it doesn't have. */
export function environment(): NodeJS.ProcessEnv {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env')
  } catch (error) {
    throw new SettingsError(`.env cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  return process.env
}
