import Fastify, { type FastifyRequest } from 'fastify'
import { byHandTables, claimByHand } from './by-hand-claim.ts'
import { newPool, serve } from './serve.ts'
import { personOf, readCookies } from './signed-cookie.ts'

// A claim as one would write it by hand for speed: Fastify, pg, one named statement.

const app = Fastify({ logger: true })
const pool = newPool()
await pool.query(byHandTables)
await readCookies(app)

const text = { type: 'string' } as const
const username = { type: 'string', pattern: '^[a-zA-Z0-9_-]{3,50}$' } as const
const failure = { type: 'object', properties: { kind: text, message: text } } as const
const claim = {
  schema: {
    body: { type: 'object', required: ['username'], properties: { username } },
    response: {
      200: { type: 'object', properties: { username: text, key: text, claimedAt: text } },
      '4xx': failure,
    },
  },
} as const
const look = {
  schema: { params: { type: 'object', required: ['username'], properties: { username } } },
} as const

interface Named {
  readonly username: string
}

async function answer(person: string | null, { username }: Named) {
  if (person === null) return { status: 401, body: { kind: 'SIGNED_OUT', message: 'Sign in first.' } }
  const claimedAt = await claimByHand(pool, person, username)
  if (claimedAt === null) {
    const message = 'That username is taken. Pick another one.'
    return { status: 409, body: { kind: 'USERNAME_TAKEN', message } }
  }
  return {
    status: 200,
    body: { username, key: username.toLowerCase(), claimedAt: claimedAt.toISOString() },
  }
}

app.post<{ Body: Named }>('/username', claim, async (request, reply) => {
  const { status, body } = await answer(personOf(request), request.body)
  return reply.status(status).send(body)
})

/** Without a session check: a gateway says who asks. */
app.post<{ Body: Named }>('/gateway/username', claim, async (request, reply) => {
  const person = request.headers['x-person']
  const { status, body } = await answer(typeof person === 'string' ? person : null, request.body)
  return reply.status(status).send(body)
})

const profile = {
  schema: {
    ...look.schema,
    response: {
      200: { type: 'object', properties: { username: text, displayName: text, bio: text, claimedAt: text } },
    },
  },
} as const

app.get<{ Params: Named }>('/profiles/:username', profile, async (request, reply) => {
  const { rows } = await pool.query({
    name: 'profile',
    text: `SELECT u.display, u.claimed_at, p.display_name, p.bio
      FROM usernames u LEFT JOIN profiles p ON p.id = u.owner_id WHERE u.key = $1`,
    values: [request.params.username.toLowerCase()],
  })
  const [row] = rows
  if (row === undefined) return reply.status(404).send({ kind: 'PROFILE_NOT_FOUND' })
  const { display, display_name: displayName, bio, claimed_at: claimedAt } = row
  return { username: display, displayName, bio, claimedAt: claimedAt.toISOString() }
})

const check = {
  schema: { ...look.schema, response: { 200: { type: 'object', properties: { status: text } } } },
} as const

app.get<{ Params: Named }>('/usernames/:username', check, async (request: FastifyRequest) => {
  const { username } = request.params as Named
  const { rows } = await pool.query({
    name: 'check',
    text: 'SELECT owner_id FROM usernames WHERE key = $1',
    values: [username.toLowerCase()],
  })
  const [row] = rows
  if (row === undefined) return { status: 'available' }
  return { status: row.owner_id === personOf(request) ? 'yours' : 'taken' }
})

await serve(app)
