/** That sessions end in this process, or tell something else now: another name of their person. */
export interface SessionEnds {
  /** Tells so of all of a person's sessions. */
  ended(personId: string): void
  /** Looks something up. It is not current if any session ended meanwhile: it may tell of that one. */
  during<T>(lookUp: () => Promise<T>): Promise<{ found: T; isCurrent: boolean }>
}

/** @param forget drops what is remembered of a person's sessions */
export function createSessionEnds(forget: (personId: string) => void): SessionEnds {
  let ends = 0
  return {
    ended(personId) {
      ends += 1
      forget(personId)
    },
    async during(lookUp) {
      const before = ends
      const found = await lookUp()
      return { found, isCurrent: ends === before }
    },
  }
}
