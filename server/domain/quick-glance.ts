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

/** What is left of a name at a quick glance: two of which the same is left are easily taken for each other. */
export function glanceAt(name: string): string {
  const left: number[] = []
  let last = none
  for (let at = 0; at < name.length; at++) {
    const code = single[name.charCodeAt(at)] ?? none
    if (code === none) continue
    const one = double[last * codes + code] ?? none
    last = one === none ? code : one
    if (one === none) left.push(code)
    else left[left.length - 1] = one
  }
  return String.fromCharCode(...left)
}
