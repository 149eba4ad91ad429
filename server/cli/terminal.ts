import { createInterface } from 'node:readline/promises'
import { exitCodes } from './stop.ts'

/** Where a command's results and messages go, and who answers its questions. */
export interface Terminal {
  /** Results, and nothing else. */
  out(text: string): void
  /** Messages for a person. */
  err(text: string): void
  /** Asks whoever sits there; undefined where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** Whether messages may be written over. */
  readonly isScreen: boolean
}

/**
 * The terminal of this process. What a reader that went away doesn't read is lost, and the command ends
 * as it would have; anything else that can't be written is told once, and fails the process.
 */
export function terminalOf(process: NodeJS.Process): Terminal {
  const { stdin, stdout, stderr } = process
  const out = (text: string) => void stdout.write(text)
  const err = (text: string) => void stderr.write(text)
  async function ask(question: string): Promise<string> {
    const lines = createInterface({ input: stdin, output: stderr })
    try {
      // Ctrl-C and Ctrl-D close it without an answer.
      const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
      return await Promise.race([lines.question(question), closed])
    } finally {
      lines.close()
    }
  }

  let isTold = false
  function onError({ code }: NodeJS.ErrnoException): void {
    if (code === 'EPIPE' || isTold) return
    // It may be standard error itself that fails, and then this does too.
    isTold = true
    err(`Not everything could be written (${code}); what was done stays done.\n`)
    // At the very end, since the exit code of the command may not be known yet.
    process.once('exit', () => {
      process.exitCode = exitCodes.failed
    })
  }
  stdout.on('error', onError)
  stderr.on('error', onError)
  return { out, err, ask: stdin.isTTY && stderr.isTTY ? ask : undefined, isScreen: stderr.isTTY }
}
