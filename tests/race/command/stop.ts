/** Why a race can't be run, in a sentence for whoever started it that ends with what to do. */
export class Stop extends Error {
  override readonly name = 'Stop'
}
