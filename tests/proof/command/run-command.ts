import { execFile } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { root } from '../../../server/root.ts'
import { killTreeNow } from '../system/background-program.ts'

/** Runs the command as a process that ends with the test. Answers its exit code and all it wrote. */
export function runCommand(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'tests/proof/main.ts', ...args]
    const child = execFile(process.execPath, command, { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, output: `${stdout}${stderr}` }),
    )
    onTestFinished(() => {
      const isRunning = child.exitCode === null && child.signalCode === null
      if (isRunning && child.pid !== undefined) killTreeNow(child.pid)
    })
  })
}
