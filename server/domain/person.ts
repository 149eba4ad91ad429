/** Who is asking, as whatever authenticates them says. */
export interface Person {
  /** The subject: stable, unique, never reused. */
  readonly id: string
  /** What to call them until they edit their profile; may be empty. */
  readonly name: string
  /** Their e-mail address in lower case, as their identity has it: names can be reserved for it. */
  readonly email?: string | null
}
