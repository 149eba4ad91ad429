/** What each character of a name is taken for: separators for nothing, and others for one another. */
const takenFor: Readonly<Record<string, string>> = { '-': '', _: '', 1: 'l', i: 'l', 0: 'o' }
/** Two letters side by side that are taken for one. */
const takenForOne = { rn: 'm', vv: 'w' }

/** How many characters ASCII has, of which names are; others are not seen. */
const codes = 128
/** In place of a character's code: there is none. */
const none = 0

/** What a character is taken for, by its code. */
const single = Uint8Array.from({ length: codes }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase()
  const seen = takenFor[character] ?? character
  return seen === '' ? none : seen.charCodeAt(0)
})
/** What two are taken for together, by the codes of both. */
const double = new Uint8Array(codes * codes)
for (const [two, one] of Object.entries(takenForOne)) {
  double[two.charCodeAt(0) * codes + two.charCodeAt(1)] = one.charCodeAt(0)
}

/**
 * What is left of names at a quick glance, in their order: two of which the same is left are easily
 * taken for each other.
 *
 * All are gone through once, since each `replace` would copy them; every loser waits for it.
 */
export function looksOf(names: readonly string[]): string[] {
  const text = names.join('\n')
  const look = Buffer.allocUnsafe(text.length)
  let length = 0
  let last = none
  for (let at = 0; at < text.length; at++) {
    const code = single[text.charCodeAt(at)] ?? none
    if (code === none) continue
    const one = double[last * codes + code] ?? none
    if (one === none) length += 1
    last = one === none ? code : one
    look[length - 1] = last
  }
  return look.toString('latin1', 0, length).split('\n')
}
