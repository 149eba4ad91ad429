export const json = 'application/json'
/** JSON in lines, in which tRPC answers as a stream. */
export const jsonLines = 'application/jsonl'

/** Whether a `Content-Type` is that of JSON. */
export function isJson(type: string): boolean {
  return type === json || withoutParameters(type) === json
}

/** Whether it is one in which tRPC takes forms and files. */
export function isUpload(type: string): boolean {
  return ['multipart/form-data', 'application/octet-stream'].includes(withoutParameters(type))
}

/** A `Content-Type` may be in any case, and have parameters (RFC 9110, 8.3.1). */
function withoutParameters(type: string): string {
  const [essence = ''] = type.split(';', 1)
  return essence.trim().toLowerCase()
}
