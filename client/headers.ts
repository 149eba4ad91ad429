import type { Operation } from '@trpc/client'
import { personHeader } from '../shared/wire.ts'
import { personOf, type Shown } from './kept-to-person.ts'
import { NoToken, NotSent } from './not-sent.ts'

export type Token = string | null | undefined

/** What a request says of who sends it, token and person as they are at one moment. */
export function headersBy(shown: Shown, token: () => Token | Promise<Token>) {
  /** @throws {NotSent} */
  return async function headers(op: Pick<Operation, 'context'>): Promise<Record<string, string>> {
    const person = personOf(op, shown)
    const bearer = await latest(token)
    return {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(person !== undefined && { [personHeader]: encoded(person) }),
    }
  }
}

async function latest(token: () => Token | Promise<Token>): Promise<string | undefined> {
  let bearer: string | undefined
  try {
    bearer = (await token())?.trim()
  } catch (cause) {
    throw new NoToken('The token of whoever is signed in could not be had.', { cause })
  }
  // A fetch would fail on it as if there were no connection.
  if (bearer && !/^[\t -~\x80-\xff]*$/.test(bearer)) {
    throw new NoToken('The token of whoever is signed in has characters that no token has.')
  }
  return bearer || undefined
}

function encoded(person: string): string {
  try {
    return encodeURIComponent(person)
  } catch (cause) {
    throw new NotSent('The id of whoever is shown is no text.', { cause })
  }
}
