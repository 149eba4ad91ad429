import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { type FailureKind, failures } from '../../shared/failures.ts'
import { UsernameStatus } from '../../shared/schemas.ts'
import { Username } from '../../shared/username.ts'

/** An instant as the server tells it, compared as it is written. */
const instant = z.string()

/** How a call may end that nobody knows the effect of: it may have been done, yet be done, or never be. */
const Unknown = z.object({
  kind: z.enum(['UNKNOWN', 'UNAVAILABLE', 'UNEXPECTED']),
  /** What was seen instead of an answer: `timeout`, `reset`, `503`, … */
  because: z.string().optional(),
})

const unknownKinds: ReadonlySet<string> = new Set(Unknown.shape.kind.options)
const refusals = Object.keys(failures).filter((kind) => !unknownKinds.has(kind)) as Exclude<
  FailureKind,
  z.output<typeof Unknown>['kind']
>[]

/** A declared failure, or a common one that says that nothing was done; of the payload what is judged. */
const Refused = z.object({
  kind: z.enum(refusals),
  payload: z.object({ until: instant.optional(), resembles: z.string().nullish() }).nullish(),
})

function call<P extends string, I extends z.ZodType, A extends z.ZodType>(procedure: P, input: I, answer: A) {
  return z.object({
    /** Unique in the history, and the same in each run of a seed: `client-7:142`. */
    id: z.string(),
    /** Whoever called, a lane of the picture. */
    process: z.string(),
    /** When, in nanoseconds of the machine's monotonic clock since a moment that all processes share. */
    call: z.int().nonnegative(),
    /** When the answer was there or the caller gave up; null if neither ever was. */
    return: z.int().nonnegative().nullable(),
    /** When it was called by the wall clock, in milliseconds since 1970: new instants in its answer are held to that. */
    calledAt: z.int().nonnegative().optional(),
    /** For an unknown outcome, from when on it is certain that it can't take effect any more. */
    settledBy: z.int().nonnegative().optional(),
    /** The person who was signed in. Answers that tell of a person tell of them in the same words. */
    by: z.string().nullable(),
    procedure: z.literal(procedure),
    input,
    outcome: z.discriminatedUnion('kind', [z.object({ kind: z.literal('OK'), answer }), Refused, Unknown]),
  })
}

const key = z.string().optional()
const person = z.string()

/**
 * A call and how it ended: a line of a history. Inputs and answers are those of the wire, of the
 * answers what is judged; whatever else is written beside them is dropped.
 */
export const Call = z.discriminatedUnion('procedure', [
  call(
    'profile.claimUsername',
    z.object({ username: Username, idempotencyKey: key }),
    z.object({ claimedAt: instant, previous: z.string().optional(), previousHeldUntil: instant.optional() }),
  ),
  call(
    'profile.releaseUsername',
    // The name to give up, if not whichever they go by.
    z.object({ username: z.optional(Username), idempotencyKey: key }),
    z.object({ released: z.string(), heldUntil: instant }),
  ),
  call(
    'profile.checkUsername',
    z.object({ username: Username }),
    z.object({ status: UsernameStatus, until: instant.optional(), resembles: z.string().optional() }),
  ),
  call(
    'profile.me',
    z.object({}),
    z.object({ username: z.string().nullable(), claimedAt: instant.nullable() }),
  ),
  call(
    'profile.get',
    z.object({ username: Username }),
    z.union([
      // Whose profile it is, where people show themselves under the name that `by` calls them.
      z.object({ username: z.string(), claimedAt: instant, displayName: person.optional() }),
      z.object({ movedTo: z.string() }),
    ]),
  ),
  call(
    'admin.reserveUsername',
    // Whom alone it can be claimed by.
    z.object({ username: Username, for: person.optional() }),
    z.object({ reserved: z.string() }),
  ),
  call(
    'admin.releaseUsername',
    z.object({ username: Username, atOnce: z.boolean() }),
    z.object({
      released: z.string(),
      was: z.enum(['taken', 'held', 'reserved']),
      heldUntil: instant.nullable(),
    }),
  ),
  call(
    'admin.transferUsername',
    z.object({ username: Username, to: person }),
    z.object({ transferred: z.string(), from: person.nullable(), previous: z.string().nullable() }),
  ),
  // No procedure: somebody moved the database's clock, or made everything in it older, by whole days.
  call('clock', z.object({ days: z.int() }), z.object({})),
])
export type Call = z.output<typeof Call>
export type Outcome = Call['outcome']
export type Procedure = Call['procedure']

/** The name that a call is about, if it says one. */
export function usernameIn({ input }: Pick<Call, 'input'>): Username | undefined {
  return 'username' in input ? input.username : undefined
}

/** Whether nobody knows what a call did. */
export function isUnknown({ kind }: Outcome): boolean {
  return unknownKinds.has(kind)
}

/** Opens a file for the lines of a history; they may be written at any time and in any order. */
export function writeHistory(file: string): { add(call: Call): void; close(): Promise<void> } {
  const stream = createWriteStream(file)
  return {
    add: (call) => stream.write(`${JSON.stringify(call)}\n`),
    async close() {
      stream.end()
      await once(stream, 'finish')
    },
  }
}

/** Reads a history; throws what is wrong with the first line that is no call, and which it is. */
export async function readHistory(file: string): Promise<Call[]> {
  const calls: Call[] = []
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { success, data, error } = Line.safeParse(line)
    if (!success) throw new Error(`${file}:${calls.length + 1}: ${z.prettifyError(error)}`)
    calls.push(data)
  }
  return calls
}

const Line = z
  .string()
  .transform((text, ctx) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      ctx.addIssue('is no JSON, or was not written to its end')
      return z.NEVER
    }
  })
  .pipe(Call)
