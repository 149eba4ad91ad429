import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { createDibsClient, type DibsClient, type DibsClientOptions, failureOf } from '../../client/index.ts'
import { createApp } from '../../server/app.ts'
import type { Database } from '../../server/database/open.ts'
import { silent } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'

/** The real app on a socket of its own. A bearer token is the id of whoever sends it. */
export interface Served {
  readonly url: string
  close(): Promise<void>
}

export async function serve(
  database: Database,
  { rateLimits = false, log = silent }: { rateLimits?: boolean; log?: FastifyBaseLogger } = {},
): Promise<Served> {
  const app = await createApp({
    settings: {
      publicUrl: 'http://localhost:3000',
      corsOrigins: [],
      rateLimits,
      nameRules: usualRules,
      trustProxy: false,
    },
    database,
    log,
    async authenticate(headers) {
      const id = headers.get('authorization')?.replace(/^Bearer /, '')
      return id === undefined ? null : { id, name: 'Somebody' }
    },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
}

export const transports = ['single', 'batch', 'stream'] as const

/** A client for somebody new, or for the person of a token. */
export function clientFor(
  { url }: { readonly url: string },
  options: Partial<Omit<DibsClientOptions, 'url'>> = {},
): DibsClient {
  return createDibsClient({ url, token: randomUUID(), ...options })
}

/** The failure that a call ends in; one that succeeds is a mistake of the test. */
export async function failureFrom(call: Promise<unknown>) {
  try {
    await call
  } catch (error) {
    return failureOf(error as object)
  }
  throw new Error('the call succeeded')
}
