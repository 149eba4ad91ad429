/** The e-mail address that somebody typed to sign in or up, for the other one of the two pages. */
let typed = ''

export function emailTyped(): string {
  return typed
}

export function keepEmail(email: string): void {
  typed = email
}
