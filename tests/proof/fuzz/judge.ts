import { STATUS_CODES } from 'node:http'
import * as z from 'zod'
import { failures, isFailureKind } from '../../../shared/failures.ts'
import { internals } from '../../http/refusal.ts'
import type { Answer } from './answers.ts'

/** The form that every refusal has but those of better-auth. */
const Refusal = z.strictObject({
  error: z.strictObject({
    message: z.string().min(1),
    code: z.int(),
    data: z.strictObject({
      code: z.string(),
      httpStatus: z.int(),
      kind: z.string().refine(isFailureKind),
      payload: z.unknown(),
      requestId: z.string(),
    }),
  }),
})
const Result = z.strictObject({ result: z.strictObject({ data: z.unknown().optional() }) })
/** better-auth's, which has no code for some. */
const AuthRefusal = z.strictObject({ message: z.string(), code: z.string().optional() })

/** The kinds that say that the service, not the caller, is in the way, without it being a defect. */
const unavailable: ReadonlySet<number> = new Set([503, 504])

export interface Question {
  readonly method: string
  readonly target: string
  /** All that was sent, which an answer may repeat. */
  readonly said: Buffer
  /** The texts of the files that are served. */
  readonly files: ReadonlySet<string>
}

/** What is wrong with an answer, a sentence each. */
export function faultsOf(answer: Answer, question: Question): string[] {
  const { status, headers, body } = answer
  return [
    ...(STATUS_CODES[status] === undefined ? [`the status ${status}`] : []),
    ...(status >= 500 && !isUnavailable(answer) ? [`a ${status}: ${body.slice(0, 300)}`] : []),
    ...(headers['x-request-id']?.length === 1 ? [] : ['no request id']),
    ...(headers['x-content-type-options']?.[0] === 'nosniff' ? [] : ['content that may be sniffed']),
    ...leaksIn(answer, question),
    ...malformed(answer, question),
  ]
}

function isUnavailable({ status, body }: Answer): boolean {
  return unavailable.has(status) && Refusal.safeParse(parsed(body)).data?.error.data.kind === 'UNAVAILABLE'
}

function leaksIn({ headers, body }: Answer, { said, files }: Question): string[] {
  // What is signed may spell anything; tRPC's greeting says reconnect…, and /readyz which database it is.
  const { 'content-security-policy': _policy, 'set-cookie': _cookies, ...rest } = headers
  const meant = /reconnectAfter|"database":"postgresql"/g
  const texts = [JSON.stringify(rest), files.has(body) ? '' : body.replaceAll(meant, '')]
  return texts.flatMap((text) => {
    const words = [...text.matchAll(new RegExp(internals, 'gi'))].map(([word]) => word)
    if (words.length === 0) return []
    const repeated = said.toString().toLowerCase()
    const leaked = words.filter((word) => !repeated.includes(word.toLowerCase()))
    return leaked.map((word) => `an internal word, ${JSON.stringify(word)}: ${text.slice(0, 300)}`)
  })
}

function malformed({ status, headers, body }: Answer, { method, target, files }: Question): string[] {
  const isTrpc = target.startsWith('/trpc/') && (method === 'GET' || method === 'POST')
  if (body === '') return isTrpc ? ['nothing'] : []
  const type = headers['content-type']?.[0] ?? ''
  if (files.has(body) || type.startsWith('text/event-stream') || (status < 400 && !isTrpc)) return []
  const value = parsed(body)
  // A batch as it comes, in lines.
  if (status === 200 && value === undefined && body.trim().split('\n').every(isJson)) return []
  if (target.startsWith('/api/auth') && AuthRefusal.safeParse(value).success) return []
  return [value].flat().flatMap((one) => faultsOfEnvelope(one, { status, headers }))
}

function isJson(text: string): boolean {
  return parsed(text) !== undefined
}

function faultsOfEnvelope(value: unknown, { status, headers }: Pick<Answer, 'status' | 'headers'>): string[] {
  if (Result.safeParse(value).success) return status < 400 ? [] : [`a result with ${status}`]
  const { success, data } = Refusal.safeParse(value)
  if (!success) return [`no envelope: ${JSON.stringify(value)?.slice(0, 300)}`]
  const { kind, payload, httpStatus, requestId } = data.error.data
  const definition = isFailureKind(kind) ? failures[kind] : undefined
  return [
    ...(definition?.payload.safeParse(payload).success ? [] : [`${kind} with ${JSON.stringify(payload)}`]),
    ...(status === httpStatus || status === 207 ? [] : [`${httpStatus} told with ${status}`]),
    ...(requestId === headers['x-request-id']?.[0] ? [] : ['another request’s id']),
  ]
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
