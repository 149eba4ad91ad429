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
 * The optional members below are what makes checking fast. Each is a promise that the model
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

  /**
   * Which operations with an unknown outcome, by their numbers, are likely to have been done, as
   * later answers have it. They are tried first; a wrong guess costs time, and is no promise.
   */
  likely?(operations: readonly Operation<Input, Output>[]): ReadonlySet<number>

  /**
   * Whether an operation can be answered so in a state, but only by chance: that is tried last, and
   * is no promise either.
   */
  isCoincidence?(state: State, input: Input, output: Output | undefined): boolean

  /** What lets a search leave alone what has nothing to do with where it is stuck. */
  readonly detail?: Detail<State, Input, Output>
}

/** What a model knows of single places. Like all of it, promises about `step`. */
export interface Detail<State, Input, Output> {
  /** The places that alone decide in a state whether an operation can be answered so. */
  looksAt(state: State, input: Input, output: Output | undefined): Iterable<string>
  /** What is at a place: equal texts for what is equal, and for nothing else. */
  valueAt(state: State, place: string): string
  /** The places of which an operation names one if it changes this place, or else it names everything. */
  changedFrom(state: State, place: string): readonly string[]
  /** Whether what an operation leaves at a place, if it changes it, depends on that place alone. */
  isPlain(input: Input, place: string): boolean
  /** What lets a search look ahead. */
  readonly projection?: Projection<State, Input, Output>
}

/**
 * What single places are like by themselves, coarsely: whatever `step` can do to a place among all
 * others, `after` can do to it alone; what it can do besides costs time, and is no wrong verdict.
 */
export interface Projection<State, Input, Output> {
  /** What is at a place; undefined where that isn't followed. */
  valueAt(state: State, place: string): string | undefined
  /** The places of which an operation names one if it changes this place while that is there, among `Detail.changedFrom`. */
  changedFrom(place: string, value: string): readonly string[]
  /**
   * What can be there after an operation: nothing where it can't be answered so, undefined for
   * anything. Of one with an unknown outcome only what is so if it took effect.
   */
  after(input: Input, output: Output | undefined, place: string, value: string): readonly string[] | undefined
}
