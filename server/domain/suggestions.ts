import { createHash } from 'node:crypto'
import { Username, usernameKey } from '../../shared/username.ts'

/** How many candidates are looked up, for the few free ones among them to be suggested. */
const mostCandidates = 12

const endings = ['1', '2', '_', 'hq', '-is', '-here', 'real', '-me', '_x', '-dev']

/**
 * Names that resemble a wanted one, to suggest the free ones of.
 *
 * They differ by person, so that the losers of one race are not all sent into the next.
 *
 * @param who anything that tells people apart
 */
export function candidatesFor({
  wanted,
  who,
}: {
  wanted: Username
  displayName: string
  who: string
}): Username[] {
  const digest = createHash('sha256')
    .update(`${who}\n${usernameKey(wanted)}`)
    .digest()
  const number = (at: number, below: number) => digest.readUInt16BE(at) % below
  const start = number(0, endings.length)
  const ownEndings = Array.from({ length: 4 }, (_, at) => endings[(start + at * 3) % endings.length] ?? '')
  const variants = [
    `${wanted}${number(2, 90) + 10}`,
    ...ownEndings.map((ending) => ended(wanted, ending)),
    `the${wanted}`,
    ended(wanted, `-${number(4, 900) + 100}`),
    ended(wanted, `_${number(6, 900) + 100}`),
    ended(wanted, `${number(8, 9000) + 1000}`),
    ended(wanted, `${number(10, 9000) + 1000}`),
    ended(wanted, `-${digest.toString('hex', 12, 15)}`),
  ]
  const seen = new Set<string>([usernameKey(wanted)])
  return variants
    .flatMap((variant) => Username.safeParse(variant).data ?? [])
    .filter((name) => {
      const key = usernameKey(name)
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, mostCandidates)
}

/** Appends an ending, shortening the name where both would be too long. */
function ended(name: string, ending: string): string {
  return name.slice(0, 50 - ending.length) + ending
}
