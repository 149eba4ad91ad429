import type * as z from 'zod/mini'
import type { Username } from './username.ts'

/**
 * The version of UTS #39's confusables.txt that the prototypes are of. Skeletons of one version
 * say nothing about those of another: store it beside them, and compute all again when it moves.
 */
export const confusablesVersion = '17.0.0'

/**
 * Every character of a valid username that confusables.txt maps, and its prototype; the others,
 * `-` and `_` among them, are their own. No prototype holds a character that is mapped.
 *
 * The file has read so since Unicode 10. It maps single characters only, so it knows nothing of
 * `cl` and `d`; that `w` looks like `vv` it said until Unicode 9.
 */
export const prototypes: ReadonlyMap<string, string> = new Map([
  ['0', 'O'],
  ['1', 'l'],
  ['I', 'l'],
  ['m', 'rn'],
])

/** What a name looks like: two that have the same are hard to tell apart. Never to be shown. */
export type Skeleton = string & z.$brand<'Skeleton'>

/**
 * The skeleton (UTS #39, section 4) of a name as it is displayed, for names that are the same
 * whatever their capitals: its prototypes, those in lower case, and the prototypes of that, since
 * lower case makes an `m` of `M`.
 *
 * It has at most 100 characters. Capitals count: `I` looks like `l`, so `Alice` and `ALICE`, though
 * the same name, differ in it. Normalisation, and the removal of what is not displayed, change
 * nothing in ASCII.
 */
export function skeleton(displayed: Username): Skeleton {
  let look = ''
  let from = 0
  for (let at = 0; at < displayed.length; at++) {
    const seen = seenAs[displayed.charCodeAt(at)]
    if (seen === undefined) continue
    look += displayed.slice(from, at) + seen
    from = at + 1
  }
  return (look + displayed.slice(from)) as Skeleton
}

/**
 * What each ASCII character is seen as, by its code, but for those that are seen as what they are; a valid
 * username has no others. None is seen differently beside another.
 */
const seenAs = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  const seen = toPrototypes(toPrototypes(character).toLowerCase())
  return seen === character ? undefined : seen
})

function toPrototypes(text: string): string {
  return Array.from(text, (character) => prototypes.get(character) ?? character).join('')
}
