import { APIError, createAuthMiddleware } from 'better-auth/api'
import type { BetterAuthOptions } from 'better-auth/minimal'
import type { Username } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import type { NameRules } from '../domain/name-rules.ts'
import { forgetPerson } from '../domain/release.ts'
import type { Log } from '../log.ts'
import { admissible, admit } from './admission.ts'
import { explained } from './errors.ts'
import { removeUnfinished, throwAwayEndedSessions } from './leftovers.ts'
import { passName } from './session-pass.ts'

export interface AccountHooksOptions {
  readonly prisma: PrismaClient
  /** For how long the names of a deleted account are held. */
  readonly rules: Pick<NameRules, 'holdDays'>
  /** Tells that a deleted account gave up its name. */
  readonly announce: (held: Username) => void
  /** Tells that a person's sessions ended, or tell something else now. */
  readonly ended: (personId: string) => void
  /** The log of the request under way. */
  readonly logNow: () => Log
  /** The time, in milliseconds since 1970. */
  readonly now: () => number
}

/** What happens besides, or does not, when better-auth makes, changes or deletes accounts and sessions. */
export function accountHooks({ prisma, rules, announce, ended, logNow, now }: AccountHooksOptions) {
  /**
   * Deletes an account, which takes its sessions along, in one transaction with forgetting the
   * person. better-auth, which does it in several, then finds nothing left to delete.
   */
  async function deleteAccount({ id }: { id: string }): Promise<void> {
    try {
      const held = await forgetPerson(prisma, { person: { id }, rules }, () => [
        prisma.user.deleteMany({ where: { id } }),
      ])
      ended(id)
      if (held !== null) announce(held)
    } catch (error) {
      throw explained(error, 'User', 'forget', logNow())
    }
  }

  /** Frees an address of what a sign-up that was cut in the middle left there. */
  async function freeAddress(email: unknown): Promise<void> {
    // What is no text is refused later.
    if (typeof email !== 'string') return
    try {
      await removeUnfinished(prisma, { email: email.toLowerCase(), now: now() })
    } catch (error) {
      throw explained(error, 'User', 'removeUnfinished', logNow())
    }
  }

  /** Throws away sessions that ended, beside the answer: nobody who signs in waits for it. */
  function tidySessions(): void {
    const requestLog = logNow()
    throwAwayEndedSessions(prisma, now()).catch((error: unknown) =>
      requestLog.warn({ err: error }, 'auth: sessions that ended are kept'),
    )
  }

  return {
    user: { deleteUser: { enabled: true, beforeDelete: deleteAccount } },
    hooks: {
      before: createAuthMiddleware(async ({ path, body, query }) => {
        admit({ path, body, query })
        if (path === '/sign-up/email') await freeAddress(body?.email)
      }),
      after: withoutPass,
    },
    databaseHooks: {
      user: {
        create: { before: admissible },
        update: { before: admissible, after: async (user) => ended(stillThere(user).id) },
      },
      session: {
        create: { after: async () => tidySessions() },
        delete: { after: async ({ userId }) => ended(userId) },
      },
    },
  } satisfies BetterAuthOptions
}

/** What somebody changes here, such as their name, shows at once in the same browser. */
const withoutPass = createAuthMiddleware(async (ctx) => {
  const { name, attributes } = ctx.context.createAuthCookie(passName, { maxAge: 0 })
  if (ctx.method === 'POST' && ctx.getCookie(name) !== null) ctx.setCookie(name, '', attributes)
})

/** Whatever better-auth's type says, there is none where the account was deleted at the same moment. */
function stillThere<U>(user: U | null): U {
  if (user !== null) return user
  throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Sign in first.' })
}
