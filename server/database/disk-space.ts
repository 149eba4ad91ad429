import { statfs } from 'node:fs/promises'

/** A file of PostgreSQL's write-ahead log, which it makes whole before it writes there. */
const nextNeeds = 16 * 1024 * 1024

/** Whether a directory's disk has no room for what a database in it writes next. */
export async function isFull(directory: string): Promise<boolean> {
  const { blocks, bavail, bsize } = await statfs(directory)
  // Some file systems of networks count nothing.
  return blocks > 0 && bavail * bsize < nextNeeds
}
