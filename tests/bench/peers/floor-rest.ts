import Fastify from 'fastify'
import { serve } from './serve.ts'

// A REST call that does nothing, for what remains of any call without a database.

const app = Fastify({ logger: true })
const username = { type: 'string', pattern: '^[a-zA-Z0-9_-]{3,50}$' } as const
const schema = {
  body: { type: 'object', required: ['username'], properties: { username } },
  response: { 200: { type: 'object', properties: { username: { type: 'string' } } } },
} as const

app.post<{ Body: { username: string } }>('/username', { schema }, async ({ body }) => body)
await serve(app)
