import { failureOf } from '../../../client/failure.ts'
import type { Database } from '../../../server/database/open.ts'
import { forgetPerson } from '../../../server/domain/release.ts'
import { createCaller } from '../../../server/router.ts'
import { contextOf } from '../../support/people.ts'
import { usualRules } from '../../support/rules.ts'
import type { Status } from './rules.ts'

/** The procedures, answering in the words of the model. */
export interface Real {
  /** Gives people their empty profiles, so that names can be handed to them. */
  enter(people: readonly string[]): Promise<void>
  claim(person: string, username: string, key?: string): Promise<string>
  /** Of the name that is meant, or whichever they go by. */
  release(person: string, meant?: string, key?: string): Promise<string>
  forget(person: string): Promise<void>
  reserve(username: string, meant: string | null): Promise<string>
  free(username: string, atOnce: boolean): Promise<string>
  transfer(username: string, to: string): Promise<string>
  check(person: string | null, username: string): Promise<Status>
  shown(username: string): Promise<string>
  /** Makes everything in the database older by some days. */
  pass(days: number): Promise<void>
}

/** @param run ends every person's id and every name, so that runs don't meet. */
export function realOf(database: Database, administrator: { id: string; name: string }, run: string): Real {
  const { prisma } = database
  const admin = createCaller(contextOf(database, { person: administrator })).admin

  function profileOf(person: string | null) {
    const who = person === null ? null : { id: person, name: person, email: `${person}@example.com` }
    return createCaller(contextOf(database, { person: who, rules: usualRules })).profile
  }

  return {
    async enter(people) {
      await prisma.profile.createMany({ data: people.map((id) => ({ id, displayName: id })) })
    },
    claim: (person, username, idempotencyKey) =>
      ending(
        profileOf(person).claimUsername({ username, idempotencyKey }),
        ({ previous }) => `claimed${previous === undefined ? '' : ` instead of ${previous}`}`,
      ),
    release: (person, username, idempotencyKey) =>
      ending(
        profileOf(person).releaseUsername({ username, idempotencyKey }),
        ({ released }) => `released ${released}`,
      ),
    async forget(person) {
      await forgetPerson(prisma, { person: { id: person }, rules: usualRules })
    },
    reserve: (username, meant) =>
      ending(
        admin.reserveUsername({ username, ...(meant === null ? {} : { for: `${meant}@example.com` }) }),
        () => 'reserved',
      ),
    free: (username, atOnce) =>
      ending(admin.releaseUsername({ username, atOnce }), ({ was }) => `released ${was}`),
    transfer: (username, to) =>
      ending(
        admin.transferUsername({ username, to }),
        ({ previous }) => `transferred${previous === null ? '' : ` instead of ${previous}`}`,
      ),
    check: async (person, username) => (await profileOf(person).checkUsername({ username })).status,
    shown: (username) =>
      ending(profileOf(null).get({ username }), (found) =>
        'movedTo' in found ? `to ${found.movedTo}` : `${found.displayName} as ${found.username}`,
      ).then((said) => (said === 'PROFILE_NOT_FOUND' ? 'nobody' : said)),
    async pass(days) {
      await prisma.$executeRaw`
        UPDATE usernames SET held_until = held_until - make_interval(days => ${days}::int)
        WHERE key LIKE ${`%-${run}`}`
      await prisma.$executeRaw`
        UPDATE profiles
        SET renamed_at = ARRAY(SELECT t - make_interval(days => ${days}::int) FROM unnest(renamed_at) AS t)
        WHERE id LIKE ${`%-${run}`} AND renamed_at IS NOT NULL`
      await prisma.$executeRaw`
        UPDATE idempotency_keys SET created_at = created_at - make_interval(days => ${days}::int)
        WHERE person_id LIKE ${`%-${run}`}`
    },
  }
}

async function ending<T>(call: Promise<T>, told: (answer: T) => string): Promise<string> {
  try {
    return told(await call)
  } catch (error) {
    return failureOf(error as object).kind
  }
}
