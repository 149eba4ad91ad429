import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '../result.ts'
import { markdownOf } from './markdown.ts'

/** Writes report.md and report.json into a directory. */
export async function writeReport(dir: string, result: Result): Promise<void> {
  await writeFile(join(dir, 'report.json'), `${JSON.stringify(result, null, 2)}\n`)
  await writeFile(join(dir, 'report.md'), markdownOf(result))
}
