import { AsyncLocalStorage } from 'node:async_hooks'
import type { Log } from './log.ts'

/** The log of the request under way, which names its id, for code that nobody can hand it to: better-auth's. */
export const requestLog = new AsyncLocalStorage<Log>()
