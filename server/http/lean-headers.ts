import { json } from './media-type.ts'

/** The headers of an answer, never changed. */
export interface AnswerHeaders {
  readonly all: [name: string, value: string][]
  readonly type: string | undefined
}

/** What `responseMeta` can answer. */
export type MoreHeaders = Headers | Record<string, string[] | string | undefined>

/** Those that tRPC gives an answer by itself; what it depends on is by RFC 9110, 12.5.5. */
export const tRpcHeaders = headersOf(new Headers({ vary: 'trpc-accept, accept', 'content-type': json }))

/** By what was added to tRPC's own: frozen, it is the same each time. */
const known = new WeakMap<object, AnswerHeaders>()

/** Headers with more of them, added as tRPC adds them. */
export function withMore(headers: AnswerHeaders | undefined, more: MoreHeaders): AnswerHeaders {
  const kept = headers === undefined ? known.get(more) : undefined
  if (kept !== undefined) return kept
  const all = new Headers((headers ?? tRpcHeaders).all)
  addTo(all, more)
  const made = headersOf(all)
  if (headers === undefined && isFrozen(more)) known.set(more, made)
  return made
}

function headersOf(headers: Headers): AnswerHeaders {
  return { all: [...headers], type: headers.get('content-type') ?? undefined }
}

/** Whether it can't change any more, with the lists in it. */
function isFrozen(more: MoreHeaders): boolean {
  return !(more instanceof Headers) && Object.isFrozen(more) && Object.values(more).every(Object.isFrozen)
}

function addTo(headers: Headers, more: MoreHeaders): void {
  if (more instanceof Headers) {
    for (const [name, value] of more) headers.append(name, value)
    return
  }
  for (const [name, value] of Object.entries(more)) {
    if (Array.isArray(value)) for (const one of value) headers.append(name, one)
    else if (typeof value === 'string') headers.set(name, value)
  }
}
