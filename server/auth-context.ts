import type { AsyncLocalStorage } from 'node:async_hooks'
import {
  getCurrentAuthContextAsyncLocalStorage,
  getCurrentDBAdapterAsyncLocalStorage,
  getRequestStateAsyncLocalStorage,
} from '@better-auth/core/context'
import { type DuringRequest, duringRequest } from './during-request.ts'

/** Has better-auth do something for a request, which `duringRequest` tells to what it calls. */
export type InContext = <T>(during: DuringRequest, work: () => Promise<T>) => Promise<T>

/**
 * Carries the context of a request through better-auth, and in a process of its own through nothing else.
 *
 * Once there was such a context, Node 20 and 22 call hooks for every promise of the process, which takes a
 * tenth of what a server does, until all that carries contexts is disabled. Here it is whenever better-auth
 * has nothing to do. Its own it shares with every other better-auth of the process, whose contexts would be lost.
 */
export function contexts(ownProcess: boolean): InContext {
  if (!ownProcess) return (during, work) => duringRequest.run(during, work)
  let underWay = 0
  return async (during, work) => {
    underWay += 1
    try {
      return await duringRequest.run(during, work)
    } finally {
      const storages = await carriers()
      underWay -= 1
      if (underWay === 0) for (const storage of storages) storage.disable()
    }
  }
}

/** All that contexts are carried by in better-auth. A context makes them carry again. */
export function carriers(): Promise<readonly Pick<AsyncLocalStorage<unknown>, 'disable'>[]> {
  return Promise.all([
    duringRequest,
    getCurrentAuthContextAsyncLocalStorage(),
    getCurrentDBAdapterAsyncLocalStorage(),
    getRequestStateAsyncLocalStorage(),
  ])
}
