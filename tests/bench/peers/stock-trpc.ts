import { PrismaPg } from '@prisma/adapter-pg'
import { initTRPC, TRPCError } from '@trpc/server'
import {
  type CreateFastifyContextOptions,
  type FastifyTRPCPluginOptions,
  fastifyTRPCPlugin,
} from '@trpc/server/adapters/fastify'
import Fastify from 'fastify'
import * as z from 'zod'
import { Prisma, PrismaClient } from './generated/client.ts'
import { prismaTables } from './prisma-tables.ts'
import { newPool, serve, settings } from './serve.ts'
import { personOf, readCookies } from './signed-cookie.ts'

// tRPC as it comes: its adapter for Fastify, Prisma's `create`, and a middleware for P2002.

const setUp = newPool()
await setUp.query(prismaTables)
await setUp.end()
const { databaseUrl, poolSize } = settings()
const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: databaseUrl, max: poolSize }),
})

const createContext = ({ req }: CreateFastifyContextOptions) => ({ person: personOf(req) })
const t = initTRPC.context<typeof createContext>().create({ isDev: false })

const conflicts = t.middleware(async ({ next }) => {
  const result = await next()
  if (result.ok) return result
  const { cause } = result.error
  if (cause instanceof Prisma.PrismaClientKnownRequestError && cause.code === 'P2002') {
    throw new TRPCError({ code: 'CONFLICT', message: 'That username is taken', cause })
  }
  return result
})

const router = t.router({
  claimUsername: t.procedure
    .use(conflicts)
    .input(z.object({ username: z.string().regex(/^[a-zA-Z0-9_-]{3,50}$/) }))
    .mutation(async ({ ctx, input }) => {
      if (ctx.person === null) throw new TRPCError({ code: 'UNAUTHORIZED' })
      const data = { name: input.username.toLowerCase(), ownerId: ctx.person }
      const { name } = await prisma.username.create({ data })
      return { username: name }
    }),
})

const app = Fastify({ logger: true, routerOptions: { maxParamLength: 5000 } })
await readCookies(app)
const plugin: FastifyTRPCPluginOptions<typeof router> = { trpcOptions: { router, createContext } }
await app.register(fastifyTRPCPlugin, { prefix: '/trpc', ...plugin })
await serve(app)
