import type { Fields } from './profile-draft.ts'

/** Fields as they are sent: texts may have been pasted, with characters that the service refuses. */
export function asSent(fields: Partial<Fields>): Partial<Fields> {
  const plain = Object.entries(fields).map(([name, value]) => [name, value && withoutControls(value)])
  return Object.fromEntries(plain)
}

/** How many characters a text has, as the service counts them. */
export function lengthOf(text: string): number {
  return [...withoutControls(text).trim()].length
}

function withoutControls(text: string): string {
  return text.replaceAll('\t', ' ').replace(/(?!\n)\p{Cc}/gu, '')
}
