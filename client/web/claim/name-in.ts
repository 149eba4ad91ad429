/** The name in what somebody typed or pasted, which may be their handle or the address of a profile here. */
export function nameIn(text: string): string {
  const typed = text.trim()
  const address = typed.replace(/^https?:\/\//i, '')
  const own = `${location.host}/@`
  if (address.startsWith(own)) return address.slice(own.length).replace(/[/?#].*$/, '')
  return typed.replace(/^@/, '')
}
