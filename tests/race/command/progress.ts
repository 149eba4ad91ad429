/** Tells how far something is, on stderr: one line that changes on a terminal, else a line for each tenth. */
export function progressOf(what: string, all: number): (done: number) => void {
  const { stderr } = process
  const step = Math.max(1, Math.ceil(all / 10))
  return (done) => {
    if (stderr.isTTY) stderr.write(`\r${what}: ${done} of ${all}${done === all ? '\n' : ''}`)
    else if (done === all || done % step === 0) stderr.write(`${what}: ${done} of ${all}\n`)
  }
}
