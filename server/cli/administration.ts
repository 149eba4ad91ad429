import type * as z from 'zod'
import type {
  FindPersonInput,
  FreeUsernameInput,
  FreeUsernameOutput,
  ReserveUsernameInput,
  ReserveUsernameOutput,
  TransferUsernameInput,
  TransferUsernameOutput,
} from '../../shared/administration.ts'
import type {
  KnownPerson,
  NameHistory,
  NameHistoryInput,
  WhoHeld,
  WhoHeldInput,
} from '../../shared/history.ts'

/**
 * What administrators do with names: the procedures, wherever they run. A call rejects with
 * an error that `failureOf` reads.
 */
export interface Administration {
  reserveUsername(
    input: z.input<typeof ReserveUsernameInput>,
  ): Promise<z.output<typeof ReserveUsernameOutput>>
  releaseUsername(input: z.input<typeof FreeUsernameInput>): Promise<z.output<typeof FreeUsernameOutput>>
  transferUsername(
    input: z.input<typeof TransferUsernameInput>,
  ): Promise<z.output<typeof TransferUsernameOutput>>
  findPerson(input: z.input<typeof FindPersonInput>): Promise<KnownPerson>
  whoHeld(input: z.input<typeof WhoHeldInput>): Promise<WhoHeld>
  usernameHistory(input: z.input<typeof NameHistoryInput>): Promise<NameHistory>
}

/** An administration to be closed after use. */
export interface Opened {
  readonly admin: Administration
  close(): Promise<void>
}
