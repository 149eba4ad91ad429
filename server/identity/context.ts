import {
  getCurrentAuthContextAsyncLocalStorage,
  getCurrentDBAdapterAsyncLocalStorage,
  getRequestStateAsyncLocalStorage,
} from '@better-auth/core/context'
import { type DuringRequest, duringRequest } from './during-request.ts'

/** Has better-auth do something for a request, which `duringRequest` tells to what it calls. */
type InContext = <T>(during: DuringRequest, work: () => Promise<T>) => Promise<T>

let underWay = 0

/**
 * Carries the context of a request through better-auth, and in a process of its own through nothing else.
 *
 * Once something ran in a context of AsyncLocalStorage, Node 20 and 22 call hooks for every promise of the
 * process, a tenth of what a server does, until each such storage is disabled. So they are whenever better-auth
 * has nothing to do. All that use better-auth in a process share its storages: others would lose their contexts.
 */
export function contextRunner(ownProcess: boolean): InContext {
  if (!ownProcess) return (during, work) => duringRequest.run(during, work)
  return async (during, work) => {
    const storages = [duringRequest, ...(await betterAuths())]
    underWay += 1
    try {
      return await duringRequest.run(during, work)
    } finally {
      underWay -= 1
      // To run something in them enables them again.
      if (underWay === 0) for (const storage of storages) storage.disable()
    }
  }
}

/** Its own storages, which it has no other way to disable. */
function betterAuths() {
  return Promise.all([
    getCurrentAuthContextAsyncLocalStorage(),
    getCurrentDBAdapterAsyncLocalStorage(),
    getRequestStateAsyncLocalStorage(),
  ])
}
