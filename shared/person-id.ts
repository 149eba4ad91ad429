/** How many characters a person's id may have: as many as fit into an index beside a name. */
export const longestPersonId = 500

/** PostgreSQL stores neither NUL characters nor lone surrogates. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text)
}
