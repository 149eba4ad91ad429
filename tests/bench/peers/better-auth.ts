import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { username } from 'better-auth/plugins/username'
import Fastify from 'fastify'
import { newPool, serve, settings } from './serve.ts'

// better-auth's plugin for usernames, as its documentation mounts it in Fastify.

const { port, secret } = settings()
const baseURL = `http://127.0.0.1:${port}`
const options = {
  baseURL,
  secret,
  database: newPool(),
  plugins: [username()],
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  logger: { disabled: true },
  telemetry: { enabled: false },
}
const { runMigrations } = await getMigrations(options)
await runMigrations()
const auth = betterAuth(options)

const app = Fastify({ logger: true })
app.all('/api/auth/*', async (request, reply) => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.append(name, String(value))
  }
  const asked = new Request(new URL(request.url, baseURL), {
    method: request.method,
    headers,
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  })
  const answer = await auth.handler(asked)
  reply.status(answer.status)
  for (const [name, value] of answer.headers) reply.header(name, value)
  return reply.send(answer.body ? await answer.text() : null)
})
await serve(app)
