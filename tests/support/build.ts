import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { root } from '../../server/root.ts'

/** Builds what tests start as processes or open in a browser, of which only what has changed since. */
export default async function setup(): Promise<void> {
  // It would make the page one for tests.
  const { NODE_ENV: _, ...env } = process.env
  await promisify(execFile)('npm', ['run', '--silent', 'build:app'], { cwd: root, env })
}
