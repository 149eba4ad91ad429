import { randomUUID } from 'node:crypto'
import { createDibsClient, type DibsClient, failureOf, safe } from '../../../client/index.ts'
import { Stop } from './stop.ts'

/** After so long a call counts as not answered. */
const answerWithinMs = 30_000

/** Somebody who takes part. */
export interface Racer {
  readonly id: string
  /** What their profile shows, which nobody else's does. */
  readonly displayName: string
  readonly dibs: DibsClient
}

/** Refuses to begin with a server that isn't there, or not ready. */
export async function findServer(url: string): Promise<void> {
  const answer = await send(`${url}/readyz`, {}).catch(() => undefined)
  if (answer === undefined) {
    throw new Stop(
      `Nobody answers at ${url}. Start Dibs with "RATE_LIMITS=off npm start", or name another --url.`,
    )
  }
  if (answer.status === 503) throw new Stop(`Dibs at ${url} cannot reach its database (/readyz says 503).`)
  if (answer.status !== 200)
    throw new Stop(`What answers at ${url} is not Dibs: /readyz says ${answer.status}.`)
}

/** Refuses a name that somebody has: the race would have no winner. */
export async function findFree(url: string, username: string): Promise<void> {
  const { profile } = createDibsClient({ url, transport: 'single', retries: 0, timeoutMs: 0, fetch: send })
  const [checked, error] = await safe(profile.checkUsername.query({ username }))
  if (error) throw new Stop(`What answers at ${url} cannot look up names: ${failureOf(error).kind}.`)
  if (checked.status === 'available') return
  throw new Stop(`${username} is ${checked.status}: this seed was raced here before. Leave out --seed.`)
}

/** Signs new people up, a few at a time. */
export async function signUp(
  { url, people, concurrency }: { url: string; people: number; concurrency: number },
  onProgress: (done: number) => void,
): Promise<Racer[]> {
  const run = randomUUID().slice(0, 8)
  const racers: Racer[] = []
  let next = 0
  async function line(): Promise<void> {
    while (next < people) {
      next += 1
      racers.push(await signUpOne(url, `Racer ${next} of ${run}`))
      onProgress(racers.length)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, line))
  return racers
}

async function signUpOne(url: string, displayName: string): Promise<Racer> {
  const id = randomUUID()
  const account = { email: `${id}@race.example`, password: randomUUID(), name: displayName }
  const answer = await send(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  }).catch(() => {
    throw new Stop(`${url} stopped answering while people signed up.`)
  })
  if (answer.status === 429) throw limited(url)
  const token = answer.headers.get('set-auth-token')
  if (answer.status !== 200 || token === null) {
    throw new Stop(`Nobody can sign up at ${url} with e-mail and password: the answer is ${answer.status}.`)
  }
  await answer.arrayBuffer()
  return {
    id,
    displayName,
    dibs: createDibsClient({ url, token, transport: 'single', retries: 0, timeoutMs: 0, fetch: send }),
  }
}

export function limited(url: string): Stop {
  return new Stop(`${url} limits how often one may ask (429). Start it with RATE_LIMITS=off for this.`)
}

function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  return fetch(input, { ...init, signal: AbortSignal.timeout(answerWithinMs) })
}
