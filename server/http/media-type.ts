/** Whether a `Content-Type` is that of JSON; it may be in any case, and have parameters (RFC 9110, 8.3.1). */
export function isJson(type: string): boolean {
  return type === 'application/json' || type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}
