import type { Place } from './database.ts'

/** The settings that lead to a database. */
export function settingsOf({ location }: Pick<Place, 'location'>): Record<string, string> {
  return 'url' in location ? { DATABASE_URL: location.url } : { DATA_DIR: location.dataDir }
}
