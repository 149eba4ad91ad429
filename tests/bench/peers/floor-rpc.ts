import { initTRPC } from '@trpc/server'
import Fastify from 'fastify'
import * as z from 'zod'
import { type LeanTrpcOptions, leanTrpc } from '../../../server/http/lean-trpc.ts'
import { serve } from './serve.ts'

// The same call as a procedure, mounted as Dibs mounts its own.

const t = initTRPC.create({ isDev: false })
const username = z.string().regex(/^[a-zA-Z0-9_-]{3,50}$/)
const router = t.router({
  claimUsername: t.procedure.input(z.object({ username })).mutation(({ input }) => input),
})

const app = Fastify({ logger: true, routerOptions: { maxParamLength: 2000 } })
const plugin: LeanTrpcOptions<typeof router> = { trpcOptions: { router } }
await app.register(leanTrpc<typeof router>, { prefix: '/trpc', ...plugin })
await serve(app)
