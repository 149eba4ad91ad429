import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { environment } from '../environment.ts'
import { explain } from '../explain.ts'
import { root } from '../root.ts'
import { runCommand } from './command.ts'
import { terminalOf } from './terminal.ts'

/** After `npm ci` alone there is no Prisma client yet. */
if (!existsSync(join(import.meta.dirname, '..', 'database', 'generated'))) {
  execSync('npm run --silent generate', { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}

try {
  const world = { terminal: terminalOf(process), environment }
  process.exitCode = await runCommand(process.argv.slice(2), world)
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
