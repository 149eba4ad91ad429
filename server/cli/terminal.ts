import { createInterface } from 'node:readline/promises'

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

export function terminalOf({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
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
  return { out, err, ask: stdin.isTTY && stderr.isTTY ? ask : undefined, isScreen: stderr.isTTY }
}
