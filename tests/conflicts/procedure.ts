import { pino } from 'pino'
import * as z from 'zod'
import { failureOf } from '../../client/failure.ts'
import type { Database } from '../../server/database/open.ts'
import type { Person } from '../../server/domain/person.ts'
import { Failure } from '../../server/trpc/failure.ts'
import { createCallerFactory, router } from '../../server/trpc/init.ts'
import { anyone } from '../../server/trpc/procedure.ts'
import type { DeclaredKind } from '../../shared/failures.ts'
import { contextOf } from '../support/people.ts'

/** How a procedure ended, and everything that its caller and the log were told. */
export interface Ending {
  readonly answer: unknown
  /** As the client reads it; undefined for a success. */
  readonly failure: ReturnType<typeof failureOf> | undefined
  readonly httpStatus: number
  /** What leaves the server, as text. */
  readonly wire: string
  readonly log: readonly LogLine[]
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly violation?: { readonly constraint?: string }
}

export const { warn, error } = pino.levels.values

/** Words that only Prisma, the driver or the database would say. */
export const internals =
  /prisma|adapter|P[12]\d{3}|\b(23505|25P02|40001|40P01|57014|57P01|55P03)\b|constraint|duplicate|relation|_pkey|_key\b|invocation|connect|pglite|node_modules|\.ts\b/i

/** Takes a list that is known only when it runs, for tests that don't let a procedure end itself. */
const ofAny = anyone as unknown as (...declared: DeclaredKind[]) => ReturnType<typeof anyone<[]>>

/** Runs `work` in a procedure of the real kind that declares some failures, with the input `{ username }`. */
export async function runIn(
  database: Database,
  declared: DeclaredKind[],
  work: () => Promise<unknown>,
  { username = 'neo', person = null }: { username?: string; person?: Person | null } = {},
): Promise<Ending> {
  const log: LogLine[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) })
  const run = ofAny(...declared)
    .input(z.object({ username: z.string() }))
    .mutation(work)
  const call = createCallerFactory(router({ run }))(contextOf(database, { person, log: logger }))
  try {
    const answer = await call.run({ username })
    return { answer, failure: undefined, httpStatus: 200, wire: JSON.stringify(answer ?? null), log }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const wire = JSON.stringify({ message: error.message, data: error.data })
    return { answer: undefined, failure: failureOf(error), httpStatus: error.data.httpStatus, wire, log }
  }
}
