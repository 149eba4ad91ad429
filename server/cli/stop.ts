/** Exit codes: refused or failed, and called in a way that there is not. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const

/** Why a command ends without having done it, in a sentence that ends with what to do. */
export class Stop extends Error {
  /** A kind of failure, or `USAGE`, `DECLINED` or `REFUSED`: what `--json` calls it. */
  readonly kind: string
  readonly exitCode: number

  /** @param cause of a defect: its stack goes to the standard error */
  constructor(kind: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
    this.exitCode = kind === 'USAGE' ? exitCodes.usage : exitCodes.failed
  }
}
