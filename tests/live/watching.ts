import { setTimeout as sleep } from 'node:timers/promises'
import { EventSource } from 'eventsource'
import { type DibsClient, type FailureOf, failureOf } from '../../client/index.ts'
import type { UsernameStatus } from '../../shared/schemas.ts'
import { clientFor } from '../failures/serving.ts'

const patienceMs = 30_000

/** Somebody who watches a name over HTTP, and what they were told. */
export interface Watching {
  /** What was told so far. */
  readonly told: readonly UsernameStatus[]
  /** Why the connection was made again, each time. */
  readonly interruptions: readonly FailureOf<object>[]
  /** Resolves when the latest that was told is this. */
  until(status: UsernameStatus): Promise<void>
  /** Resolves when the connection is being made again. */
  interrupted(): Promise<void>
  /** Resolves with the failure that ends it. */
  failed(): Promise<FailureOf<object>>
  stop(): void
}

/** A client that sends its bearer token with streams too; for somebody new unless a token is given. */
export function watcherFor({ url }: { readonly url: string }, token?: string): DibsClient {
  return clientFor({ url }, { EventSource, ...(token === undefined ? {} : { token }) })
}

export function watch(client: DibsClient, username: string): Watching {
  const told: UsernameStatus[] = []
  const interruptions: FailureOf<object>[] = []
  let failure: FailureOf<object> | undefined
  const looks = new Set<() => void>()
  const look = () => {
    for (const one of looks) one()
  }
  const { unsubscribe } = client.profile.watchUsername.subscribe(
    { username },
    {
      onData({ status }) {
        told.push(status)
        look()
      },
      onConnectionStateChange({ state, error }) {
        if (state === 'connecting' && error) interruptions.push(failureOf(error))
        look()
      },
      onError(error) {
        failure = failureOf(error)
        look()
      },
    },
  )
  function seen(what: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const one = () => {
        if (!what()) return
        looks.delete(one)
        resolve()
      }
      looks.add(one)
      one()
    })
  }
  return {
    told,
    interruptions,
    until: (status) => seen(() => told.at(-1) === status),
    interrupted: () => seen(() => interruptions.length > 0),
    async failed() {
      await seen(() => failure !== undefined)
      return failure as FailureOf<object>
    },
    stop: unsubscribe,
  }
}

/**
 * Within this time a change is told because it is told at all, however slow the machine: sooner than what
 * would tell it by itself, a ping after 15 s or a connection made again after 40 s of silence, and than
 * the 15 s after which a server that stops waits for its streams no longer.
 */
export const soonMs = 10_000

/** How many milliseconds something took. */
export async function timed(work: Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work
  return performance.now() - from
}

/** Resolves when nothing of a watch is left on the server. */
export async function untilNobodyWatches({ names }: { names: { watching(): number } }): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (names.watching() > 0) {
    if (Date.now() > deadline) throw new Error(`${names.watching()} still watch`)
    await sleep(5)
  }
}

/** A stream as it comes, without a client. */
export async function openStream({ url }: { readonly url: string }, username: string, signal: AbortSignal) {
  const input = encodeURIComponent(JSON.stringify({ username }))
  const answer = await fetch(`${url}/trpc/profile.watchUsername?input=${input}`, { signal })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    headers: answer.headers,
    /** Answers all that has come once this is part of it. */
    async until(part: string): Promise<string> {
      while (!text.includes(part)) text += (await reader?.read())?.value ?? ''
      return text
    },
  }
}
