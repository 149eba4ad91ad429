import type { Call } from '../history.ts'

/** A request as HTTP has it, without who sends it. */
export interface Wire {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | null
}

type Clock = Extract<Call, { procedure: 'clock' }>
/** What is asked of a server, in a history's words. */
export type Asked =
  Exclude<Call, Clock> extends infer C ? (C extends Call ? Pick<C, 'procedure' | 'input'> : never) : never

/** How people are named on the wire whom a history knows by their ids. */
export type EmailOf = (id: string) => string

/** A call of one procedure, as plain JSON. */
export function wireOf({ procedure, input }: Asked, emailOf: EmailOf): Wire {
  switch (procedure) {
    case 'profile.checkUsername':
    case 'profile.get':
      return {
        method: 'GET',
        path: `/trpc/${procedure}?input=%7B%22username%22%3A%22${input.username}%22%7D`,
        body: null,
      }
    case 'profile.me':
      return { method: 'GET', path: `/trpc/${procedure}`, body: null }
    case 'admin.reserveUsername': {
      const { username, for: only } = input
      return post(procedure, { username, ...(only !== undefined && { for: emailOf(only) }) })
    }
    default:
      return post(procedure, input)
  }
}

function post(procedure: Asked['procedure'], input: object): Wire {
  return { method: 'POST', path: `/trpc/${procedure}`, body: JSON.stringify(input) }
}

/** Procedures that change something. */
export function isMutation({ procedure }: Pick<Asked, 'procedure'>): boolean {
  return procedure !== 'profile.checkUsername' && procedure !== 'profile.get' && procedure !== 'profile.me'
}
