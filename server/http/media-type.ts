export const json = 'application/json'
/** JSON in lines, in which tRPC answers as a stream. */
export const jsonLines = 'application/jsonl'

/** Whether a `Content-Type` is that of JSON; it may be in any case, and have parameters (RFC 9110, 8.3.1). */
export function isJson(type: string): boolean {
  return type === json || type.split(';', 1)[0]?.trim().toLowerCase() === json
}
