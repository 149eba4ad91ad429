import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cleanup } from './cleanup.ts'
import { startEmbedded } from './servers/embedded.ts'

/** How long the built Dibs takes from its start to its first answer, in milliseconds. */
export interface StartTimes {
  /** Into an empty directory, once: the database is made. */
  readonly firstMs: number
  readonly againMs: readonly number[]
}

/** Measures starts on the embedded database. */
export async function measureStart(
  { starts, say }: { starts: number; say: (line: string) => void },
  cleanup: Cleanup,
): Promise<StartTimes> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dibs-bench-start-'))
  cleanup.add(() => rm(dataDir, { recursive: true, force: true }))
  const first = await startEmbedded(dataDir, profile, cleanup)
  await signUp(first.url)
  await first.stop()
  const againMs: number[] = []
  for (let turn = 1; turn <= starts; turn += 1) {
    const { tookMs, stop } = await startEmbedded(dataDir, profile, cleanup)
    await stop()
    againMs.push(tookMs)
    say(`${turn} of ${starts}: start to first answer, ${Math.round(tookMs)} ms`)
  }
  return { firstMs: first.tookMs, againMs }
}

/** What the first of them leaves for the others to find. */
async function signUp(url: string): Promise<void> {
  const send = (path: string, body: object, token = '') =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
  const account = { email: 'neo@example.com', password: 'follow the rabbit', name: 'Thomas' }
  const signedUp = await send('/api/auth/sign-up/email', account)
  const token = signedUp.headers.get('set-auth-token') ?? ''
  const claimed = await send('/trpc/profile.claimUsername', { username }, token)
  if (claimed.status !== 200) throw new Error(`nobody could claim a name: ${claimed.status}`)
}

const username = 'thomas-anderson'
/** A profile, which at first is not there yet. */
const profile = {
  path: `/trpc/profile.get?input=${encodeURIComponent(JSON.stringify({ username }))}`,
  statuses: [200, 404],
}
