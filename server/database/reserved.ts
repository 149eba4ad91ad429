import blacklist from 'the-big-username-blacklist'
import { type ReservedReason, reservedNames } from '../../shared/reserved-names.ts'
import { Username, usernameKey } from '../../shared/username.ts'

/** Names of that list which are people's own, or words they like, and which nobody takes for the service. */
const harmless = new Set(
  'access alert alpha amp atom avatar beta board calendar cart change chart chat clear close compose copy count create dev discuss draft drop error event events exception exit family filter following form friend friends get group groups head hide icons join learn like limit live load local lock map master more net network new next offer offers online order page photo photos pixel pop popular portfolio premium previous print project reduce return save script select session share shift sort source stage stats store style styles survey sync tablet tag tags theme themes today tools topic topics tour training trending trial var video view vote write zlib'.split(
    ' ',
  ),
)

/** Names that many services keep for themselves, from the list that is kept of them. */
const customary = blacklist.list.flatMap((name) => {
  const { data: username } = Username.safeParse(name)
  if (username === undefined) return []
  const key = usernameKey(username)
  return harmless.has(key) ? [] : key
})

/**
 * The names that a new database starts out with as reserved, by canonical key. A Map: as a
 * plain object it would hold `constructor` whether we reserve it or not.
 */
export const reservedFromStart: ReadonlyMap<string, ReservedReason> = new Map([
  ...customary.map((key) => [key, 'customary'] as const),
  ...reservedNames.map(({ name, because }) => [name, because] as const),
])
