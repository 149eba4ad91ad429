/**
 * Something that was done to a system: from when to when, what was asked and what was answered.
 * Times are any numbers that grow; between its call and its return it took effect at one moment.
 */
export type Operation<Input, Output> = {
  /** Whoever did it; only drawn. */
  readonly process: string
  readonly call: number
  readonly input: Input
} & (
  | { readonly return: number; readonly output: Output }
  | {
      /** Nobody knows its outcome: it took effect at any moment after its call, or never. */
      readonly return: null
      readonly output?: undefined
      /** From when on it is certain that it takes no effect any more. */
      readonly settledBy?: number | undefined
    }
)

/**
 * How a system behaves that does one thing after another.
 *
 * The two optional pairs below are what makes checking fast. Each is a promise that the model
 * makes about its `step`; a wrong one makes verdicts wrong.
 */
export interface Model<State, Input, Output> {
  /** The state before the first of some operations, which are all that ever touch it. */
  init(operations: readonly Operation<Input, Output>[]): State

  /**
   * The states in which an operation can leave a state; none where it can't be answered so.
   * A state that stays as it is should be the very same object.
   *
   * @param output undefined where nobody knows it: then every state that it can lead to
   */
  step(state: State, input: Input, output: Output | undefined): readonly State[]

  /** A value that is the same, as in a Map, for equal states and for no others. */
  key(state: State): unknown

  /** Whether what is answered so never changes any state: it was a read, or a refusal. */
  isRead?(input: Input, output: Output): boolean

  /**
   * The places of the state that an operation names. It reads and writes only those and what they
   * are linked to, by any number of links. Operations that share no place, also through others,
   * are checked apart.
   */
  touches?(input: Input, output: Output | undefined): readonly string[] | 'everything'

  /**
   * The places that a place is linked to in a state. Links go both ways: where a is among the
   * links of b, b is among those of a. A step links only places that were linked, or that it names.
   */
  links?(state: State, place: string): readonly string[]
}
