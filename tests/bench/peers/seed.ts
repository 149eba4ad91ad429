import { PrismaPg } from '@prisma/adapter-pg'
import Fastify from 'fastify'
import { Prisma, PrismaClient } from './generated/client.ts'
import { prismaTables } from './prisma-tables.ts'
import { newPool, serve } from './serve.ts'
import { personOf, readCookies } from './signed-cookie.ts'

// What most services do today: find, then update, and catch the P2002 of whoever was faster.

const app = Fastify({ logger: true })
const pool = newPool()
await pool.query(prismaTables)
const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
await readCookies(app)

const body = {
  type: 'object',
  required: ['username'],
  properties: { username: { type: 'string', pattern: '^[a-zA-Z0-9_-]{3,50}$' } },
} as const
const taken = { error: 'Username is already taken' }

app.post<{ Body: { username: string } }>('/username', { schema: { body } }, async (request, reply) => {
  const id = personOf(request)
  if (id === null) return reply.status(401).send({ error: 'Sign in first' })
  const username = request.body.username.toLowerCase()
  const existing = await prisma.profile.findFirst({ where: { username, NOT: { id } } })
  if (existing !== null) return reply.status(409).send(taken)
  try {
    return await prisma.profile.update({ where: { id }, data: { username } })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') {
      return reply.status(409).send(taken)
    }
    throw error
  }
})

await serve(app)
