import { personShown } from './person-shown.ts'

/** Where and for whom something was begun, to be compared with how things are when it ends. */
export interface Origin {
  readonly path: string
  readonly person: string | undefined
}

export function origin(): Origin {
  return { path: window.location.pathname, person: personShown() }
}

/** Whether the page is no longer that of whoever began it. */
export function hasLeft({ person }: Origin): boolean {
  // Not known yet, they may have been found out since.
  return person !== undefined && person !== personShown()
}
