import type { DatabaseName, System } from '../system/system.ts'
import type { MoveClock } from './clock-moves.ts'

/** Something that goes wrong while people use the system. */
export interface Fault {
  /** In kebab-case, as `--faults` takes it. */
  readonly name: string
  /** One sentence for the report. */
  readonly what: string
  /** Where it can happen. */
  readonly databases: readonly DatabaseName[]
  /**
   * Makes it happen and sets all right again, after at most a few seconds. Resolves with what was
   * hit, in words for the report. What it chooses it takes from `random`, in [0, 1), alone. A move
   * of the database's clock it makes through `moveClock`, which notes it in the histories. What
   * lasts for some time lasts until `enough` resolves as well, if that is given.
   */
  inject(
    system: System,
    random: () => number,
    moveClock: MoveClock,
    enough?: () => Promise<unknown>,
  ): Promise<string>
}
