import type { Made } from './ending.ts'

/**
 * What is wrong with how one person's claims followed each other. Each of several different
 * names, claimed at once, says which name it replaced: together they must tell one order, that
 * begins with `before` and ends with `current`.
 */
export function violationsInChain(
  made: readonly Made[],
  { before, current }: { before?: string; current: string | null | undefined },
): string[] {
  const next = new Map<string | undefined, string>()
  for (const { ending } of made) {
    if (ending.kind !== 'CLAIMED') continue
    const from = ending.previous?.toLowerCase()
    if (next.has(from)) return [`${next.get(from)} and ${ending.key} both replaced ${from ?? 'nothing'}`]
    next.set(from, ending.key)
  }
  let last: string | undefined = before
  for (let steps = next.size; steps > 0; steps -= 1) {
    const to = next.get(last)
    if (to === undefined) return [`nothing replaced ${last ?? 'nothing'}, and ${steps} claims are left`]
    last = to
  }
  return last === (current ?? undefined) ? [] : [`the claims end at ${last}, the profile at ${current}`]
}
