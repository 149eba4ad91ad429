import type { Administration, Opened } from './administration.ts'
import type { Terminal } from './terminal.ts'

/** What a command is run in. */
export interface World {
  readonly terminal: Terminal
  /** Reads the settings of Dibs, and `DIBS_TOKEN`. Throws where a file has them that can't be read. */
  environment(): Readonly<Record<string, string | undefined>>
}

/** What every command takes. */
export interface CommonOptions {
  readonly json?: true
}

/** What those take that a running server can do too. */
export interface NameOptions extends CommonOptions {
  readonly url?: string
}

/** Opens what a command needs, and closes it when the work is done or failed. */
export async function using<O extends { close(): Promise<void> }, T>(
  opening: Promise<O>,
  work: (opened: O) => Promise<T>,
): Promise<T> {
  const opened = await opening
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}

/**
 * Runs work on names, through the server at `--url` or beside the database. Loads only what that needs.
 *
 * @param toRead whether the work changes nothing
 */
export function withAdministration<T>(
  { environment }: World,
  { url }: NameOptions,
  work: (admin: Administration) => Promise<T>,
  { toRead = false } = {},
): Promise<T> {
  return using(opened(), ({ admin }) => work(admin))

  async function opened(): Promise<Opened> {
    if (url === undefined)
      return (await import('./beside-database.ts')).besideDatabase(environment(), { toRead })
    return (await import('./over-http.ts')).overHttp(url, environment().DIBS_TOKEN)
  }
}

/** Prints a result: as JSON, or as a sentence or lines for a person. */
export function print(
  { terminal }: World,
  { json }: CommonOptions,
  result: object,
  lines: readonly string[],
): void {
  terminal.out(json ? `${JSON.stringify(result, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''))
}
