/**
 * Whom the page shows, by their id; undefined for nobody so far. It stays what it is when their session ends
 * and when another tab signs somebody else in: what was read and typed is still theirs.
 */
let shown: string | undefined

export function personShown(): string | undefined {
  return shown
}

/** For when it is found out who is signed in. */
export function showPerson(person: string | undefined): void {
  shown ??= person
}

/** For after they left the page themselves. */
export function forgetPersonShown(): void {
  shown = undefined
}
