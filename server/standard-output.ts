import { type DestinationStream, levels } from 'pino'

/** Lines are kept back for at most so long, and so many characters. */
const keptForMs = 100
const keptAtMost = 8192

/** By this a destination asks pino for the level of each line. */
const wantsLevel = Symbol.for('pino.metadata')
const { warn = 0 } = levels.values

/**
 * The standard output for a log: lines are written together, since each by itself costs a tenth of a claim.
 *
 * Warnings, and what is worse, take all that is kept with them at once, and so does the end of the
 * process; one that is killed loses at most its last 100 ms. Where nobody reads any more, or the disk
 * is full, lines are lost and the service goes on; the standard error says so once.
 */
export function standardOutput(): DestinationStream {
  let kept = ''
  let later: NodeJS.Timeout | undefined
  function flushSync(): void {
    clearTimeout(later)
    later = undefined
    const lines = kept
    kept = ''
    if (lines !== '') process.stdout.write(lines)
  }

  let isTold = false
  process.stdout.on('error', ({ message }) => {
    if (!isTold) process.stderr.write(`The log cannot be written: ${message}\n`)
    isTold = true
  })
  process.once('exit', flushSync)

  const destination = {
    [wantsLevel]: true,
    lastLevel: 0,
    write(line: string): void {
      kept += line
      if (kept.length >= keptAtMost || destination.lastLevel >= warn) flushSync()
      else later ??= setTimeout(flushSync, keptForMs).unref()
    },
    // pino calls it after what is fatal.
    flushSync,
  }
  return destination
}
