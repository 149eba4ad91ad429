import type { FastifyRequest } from 'fastify'
import { personHeader } from '../../shared/wire.ts'
import type { WhoIs } from './who-is.ts'

/** Whom a request says that it is of, by their id: undefined for anybody, null for what is no id. */
export function personMeant({ headers }: FastifyRequest): string | null | undefined {
  const meant = headers[personHeader]
  return meant === undefined ? undefined : decoded(String(meant))
}

/** Takes whoever asks for nobody where the request says that it is of somebody else. */
export function ofPersonMeant(whoIs: WhoIs): WhoIs {
  return (request, reply) => {
    const meant = personMeant(request)
    const asking = whoIs(request, reply)
    return meant === undefined ? asking : asking.then((person) => (person?.id === meant ? person : null))
  }
}

/** What is percent-encoded in a header, in any of the ways to (RFC 3986, 2.1); null for what is not. */
function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}
