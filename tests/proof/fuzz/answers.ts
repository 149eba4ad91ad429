/** One answer of a server, as it came. */
export interface Answer {
  readonly status: number
  /** Values by lower-case name. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/**
 * All answers in what a connection brought, but for those that only say to go on (RFC 9110, 15.2).
 *
 * @param head whether they are to a HEAD, and so without the body that their headers tell of
 * @param whole whether nothing may be missing at the end
 * @throws what is no answer, or less than one that should be whole
 */
export function answersIn(
  bytes: Buffer,
  { head, whole }: { readonly head: boolean; readonly whole: boolean },
): Answer[] {
  const answers: Answer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end === -1) {
      if (whole) throw new Error(`half an answer: ${bytes.subarray(at, at + 99)}`)
      break
    }
    const [statusLine = '', ...lines] = bytes.subarray(at, end).toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1])
    if (Number.isNaN(status)) throw new Error(`no answer: ${statusLine}`)
    at = end + 4
    if (status < 200) continue
    const headers = headersIn(lines)
    const isEmpty = head || status === 204 || status === 304
    const { body, next } = isEmpty ? { body: Buffer.alloc(0), next: at } : bodyAt(bytes, at, headers, whole)
    answers.push({ status, headers, body: body.toString() })
    at = next
  }
  return answers
}

function headersIn(lines: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()]
  }
  return headers
}

function bodyAt(bytes: Buffer, at: number, headers: Answer['headers'], whole: boolean) {
  if (headers['transfer-encoding'] !== undefined) return chunksAt(bytes, at, whole)
  const length = Number(headers['content-length']?.[0] ?? bytes.length - at)
  const body = bytes.subarray(at, at + length)
  if (whole && body.length < length) throw new Error(`a body of ${body.length} bytes, not ${length}`)
  return { body, next: at + length }
}

/** RFC 9112, 7.1. */
function chunksAt(bytes: Buffer, from: number, whole: boolean) {
  const chunks: Buffer[] = []
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at)
    const size = line === -1 ? Number.NaN : Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16)
    if (Number.isNaN(size)) {
      if (whole) throw new Error('the last chunk is missing')
      return { body: Buffer.concat(chunks), next: bytes.length }
    }
    chunks.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
    if (size === 0) return { body: Buffer.concat(chunks), next: at }
  }
}
