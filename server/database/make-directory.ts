import { existsSync } from 'node:fs'
import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a directory for its owner alone, and those above it. Node's `recursive` goes round for
 * ever in a file system that takes no directories and says that the one above is missing: /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  const above = dirname(path)
  if (above !== path && !existsSync(above)) await makeDirectory(above)
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (!(await isDirectory(path))) throw error
  }
}

/** The same, but one that is there already is its owner's alone from now on too. */
export async function makePrivate(path: string): Promise<void> {
  await makeDirectory(path)
  // Another's, or on a file system that knows no owners, it stays as it is.
  await chmod(path, 0o700).catch(() => {})
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
