import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server'
import fc from 'fast-check'
import * as z from 'zod'
import { appRouter } from '../../../server/router.ts'
import { type Credentials, dubious, headerText, honest } from './credentials.ts'
import { anyHeaders } from './headers.ts'
import { anyJson, hugeJson, inputsFor } from './json.ts'
import type { Header, Request } from './request.ts'

/** A procedure of the router as much as a caller can know of it. */
export interface Callable {
  readonly path: string
  readonly type: string
  readonly inputs: fc.Arbitrary<string | undefined>
}

const Definition = z.object({ type: z.string(), inputs: z.array(z.instanceof(z.core.$ZodType)) })
const procedures: AnyTRPCRouter['_def']['procedures'] = appRouter._def.procedures

/** Every procedure there is. */
export const callables: readonly Callable[] = Object.entries(procedures).map(([path, procedure]) => {
  const { type, inputs } = Definition.parse((procedure as AnyTRPCProcedure)._def)
  return { path, type, inputs: inputsFor(inputs[0]) }
})

const json: Header = ['content-type', 'application/json']
const anyCallable = fc.constantFrom(...callables)
const isMutation = ({ type }: Callable) => type === 'mutation'

function sent(
  path: string,
  { posted, input, search = [] }: { posted: boolean; input: string | undefined; search?: readonly string[] },
): Pick<Request, 'method' | 'target' | 'body'> {
  if (posted) {
    return {
      method: 'POST',
      target: `/trpc/${path}${query(search)}`,
      ...(input !== undefined && { body: input }),
    }
  }
  const asked = input === undefined ? [] : [`input=${encodeURIComponent(input.toWellFormed())}`]
  return { method: 'GET', target: `/trpc/${path}${query([...search, ...asked])}` }
}

function query(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

const framing = fc.constantFrom<Request['framing']>('length', 'length', 'chunks')

/** One call, by the method that it is for or by the other. */
export const singleCalls: fc.Arbitrary<Request> = anyCallable.chain((callable) =>
  fc
    .record({
      input: callable.inputs,
      wrongMethod: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
      key: fc.option(headerText(300), { freq: 9 }),
      credentials: honest,
      framing,
    })
    .map(({ input, wrongMethod, key, credentials, framing }) => ({
      ...sent(callable.path, { posted: isMutation(callable) !== wrongMethod, input }),
      headers: key === null ? [json] : [json, ['idempotency-key', key] as const],
      credentials,
      framing,
    })),
)

const accepts: readonly Header[][] = [
  [],
  [],
  [['trpc-accept', 'application/jsonl']],
  [['accept', 'application/jsonl']],
  [['accept', 'text/event-stream']],
]

/** The inputs of a batch: by index, of which some come twice or are nobody's, or in no such form. */
function batchInputs(inputs: readonly (string | undefined)[]): fc.Arbitrary<string | undefined> {
  const own = inputs.map((text, at) => [String(at), text ?? 'null'] as const)
  const other = fc.array(fc.tuple(fc.constantFrom('0', '1', '-1', '99', '__proto__', 'a'), anyJson), {
    maxLength: 2,
  })
  const asObject = (entries: readonly (readonly [string, string])[]) =>
    `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(asObject(own)) },
    { weight: 2, arbitrary: other.map((more) => asObject([...own, ...more])) },
    { weight: 1, arbitrary: fc.constant(`[${own.map(([, text]) => text).join(',')}]`) },
    { weight: 1, arbitrary: anyJson },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
}

/** Several calls in one request, mostly as many as are allowed, sometimes a thousand. */
export const batches: fc.Arbitrary<Request> = fc
  .record({
    calls: fc.array(anyCallable, { minLength: 1, maxLength: 22 }),
    repeat: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 50),
    comma: fc.constantFrom(',', ',', ',', '%2C', '%252C'),
    batch: fc.constantFrom('batch=1', 'batch=1', 'batch=1', 'batch=0', 'batch'),
    accept: fc.constantFrom(...accepts),
    posted: fc.option(fc.boolean(), { freq: 4 }),
  })
  .chain(({ calls, repeat, comma, batch, accept, posted }) => {
    const first = calls[0]?.type
    // Of one kind mostly; others are refused together.
    const alike = posted === null ? calls.filter(({ type }) => type === first) : calls
    const paths = alike.map(({ path }) => path)
    const all = Array.from({ length: repeat }, () => paths).flat()
    return fc
      .tuple(...alike.map(({ inputs }) => inputs))
      .chain((inputs) => fc.record({ input: batchInputs(inputs), credentials: honest, framing }))
      .map(({ input, credentials, framing }) => ({
        ...sent(all.join(comma), { posted: posted ?? first === 'mutation', input, search: [batch] }),
        headers: [json, ...accept],
        credentials,
        framing,
      }))
  })

/** A call by somebody who may not be who they say, with headers that may be anything. */
export const dubiousCalls: fc.Arbitrary<Request> = fc
  .tuple(singleCalls, dubious, fc.option(anyHeaders, { freq: 2 }))
  .map(([request, credentials, headers]) => ({
    ...request,
    credentials,
    headers: headers ?? request.headers,
  }))

/** More than is taken, of procedures that take a name. */
export const hugeCalls: fc.Arbitrary<Request> = fc
  .record({
    path: fc.constantFrom('profile.claimUsername', 'profile.get', 'profile.watchUsername', 'profile.update'),
    input: hugeJson,
    posted: fc.boolean(),
    credentials: honest as fc.Arbitrary<Credentials>,
    framing,
  })
  .map(({ path, input, posted, credentials, framing }) => ({
    ...sent(path, { posted, input }),
    headers: [json],
    credentials,
    framing,
  }))
