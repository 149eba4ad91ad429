import type { FastifyInstance } from 'fastify'
import type { Auth, AuthOptions } from '../identity/auth.ts'

/** How long after its start a server that nobody signs in to loads what it takes to. */
const idleMs = 300

/**
 * better-auth, loaded once: when it is first asked for, or soon after the app listens. With all
 * that it imports it takes as long to load as everything else, which the first answers need not wait for.
 */
export function lateAuth(app: FastifyInstance, options: AuthOptions): () => Promise<Auth> {
  let auth: Promise<Auth> | undefined
  let idle: NodeJS.Timeout | undefined
  function load(): Promise<Auth> {
    auth ??= import('../identity/auth.ts')
      .then(({ createAuth }) => createAuth(options))
      .catch((error: unknown) => {
        // Whoever comes next tries again.
        auth = undefined
        throw error
      })
    return auth
  }
  app.addHook('onListen', (done) => {
    idle = setTimeout(() => {
      load().catch((error: unknown) => options.log.error({ err: error }, 'cannot load better-auth'))
    }, idleMs)
    done()
  })
  app.addHook('onClose', async () => clearTimeout(idle))
  return load
}
