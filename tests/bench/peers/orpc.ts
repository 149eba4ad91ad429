import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/fastify'
import Fastify from 'fastify'
import * as z from 'zod'
import { byHandTables, claimByHand } from './by-hand-claim.ts'
import { newPool, serve } from './serve.ts'
import { personOf, readCookies } from './signed-cookie.ts'

// oRPC on its adapter for Fastify, with the statement that is written by hand.

const pool = newPool()
await pool.query(byHandTables)

const router = {
  claimUsername: os
    .$context<{ person: string | null }>()
    .errors({ SIGNED_OUT: { status: 401 }, USERNAME_TAKEN: { status: 409 } })
    .input(z.object({ username: z.string().regex(/^[a-zA-Z0-9_-]{3,50}$/) }))
    .handler(async ({ context: { person }, input: { username }, errors }) => {
      if (person === null) throw errors.SIGNED_OUT()
      const claimedAt = await claimByHand(pool, person, username)
      if (claimedAt === null) throw errors.USERNAME_TAKEN()
      return { username, key: username.toLowerCase(), claimedAt: claimedAt.toISOString() }
    }),
}

const app = Fastify({ logger: true })
await readCookies(app)
// oRPC reads the body itself.
app.addContentTypeParser('application/json', (_request, _payload, done) => done(null, undefined))
const handler = new RPCHandler(router)
app.all('/rpc/*', async (request, reply) => {
  const context = { person: personOf(request) }
  const { matched } = await handler.handle(request, reply, { prefix: '/rpc', context })
  if (!matched) reply.status(404).send()
})
await serve(app)
