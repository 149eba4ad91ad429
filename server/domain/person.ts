/** Who is asking, as whatever authenticates them says. */
export interface Person {
  /** The subject: stable, unique, never reused. */
  readonly id: string
  /** What to call them until they edit their profile; may be empty. */
  readonly name: string
  /** Their e-mail address in lower case, if it is known to be theirs: names can be reserved for it. */
  readonly email?: string | null
}
