import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { OpenSystem } from '../system/open-system.ts'

/** A claim as one of those saw it who made it. */
export interface Seen {
  readonly by: string
  readonly username: string
  /** 0 where the connection broke before an answer. */
  readonly status: number
  readonly kind: string | null
}

/** People who claim name after name, each their own, until told to stop. */
export interface Busy {
  readonly seen: readonly Seen[]
  /** Resolves with the first that is like this. */
  sees(like: Partial<Seen>): Promise<Seen>
  stop(): Promise<void>
}

export function busy({ crowds, servers }: OpenSystem): Busy {
  const seen: Seen[] = []
  const waiting = new Set<{ like: Partial<Seen>; found(seen: Seen): void }>()
  let isOver = false
  const lives = (crowds[0]?.people ?? []).map(async ({ id, authorization }, at) => {
    while (!isOver) {
      const username = `n${randomUUID().slice(0, 18)}`
      const url = servers[at % servers.length]?.url ?? ''
      const one = { by: id, username, ...(await claim(url, authorization, username)) }
      seen.push(one)
      for (const wait of waiting) {
        if (!isLike(one, wait.like)) continue
        waiting.delete(wait)
        wait.found(one)
      }
    }
  })
  return {
    seen,
    sees: (like) => new Promise((found) => waiting.add({ like, found })),
    async stop() {
      isOver = true
      await Promise.all(lives)
    },
  }
}

export function isLike(seen: Seen, like: Partial<Seen>): boolean {
  return Object.entries(like).every(([field, value]) => seen[field as keyof Seen] === value)
}

function claim(url: string, authorization: string, username: string): Promise<Pick<Seen, 'status' | 'kind'>> {
  return new Promise((resolve) => {
    const lost = () => resolve({ status: 0, kind: null })
    const headers = { authorization, 'content-type': 'application/json' }
    request(`${url}/trpc/profile.claimUsername`, { method: 'POST', headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      answer.once('error', lost).once('end', () => {
        const { error } = JSON.parse(body)
        resolve({ status: answer.statusCode ?? 0, kind: error?.data.kind ?? null })
      })
    })
      .once('error', lost)
      .end(JSON.stringify({ username }))
  })
}
