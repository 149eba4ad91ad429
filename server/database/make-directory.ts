import { existsSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
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

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
