import { OwnHistoryInput, OwnHistoryOutput } from '../../shared/history.ts'
import {
  CheckUsernameInput,
  CheckUsernameOutput,
  ClaimUsernameInput,
  ClaimUsernameOutput,
  GetProfileInput,
  GetProfileOutput,
  OwnProfile,
  ReleaseUsernameInput,
  ReleaseUsernameOutput,
  UpdateProfileInput,
} from '../../shared/schemas.ts'
import { ownHistory } from '../domain/history.ts'
import { isForgotten } from '../domain/people.ts'
import { ownProfile, updateProfile } from '../domain/profile.ts'
import { releaseUsername } from '../domain/release.ts'
import { topicsOf } from '../domain/topics.ts'
import { limited } from '../trpc/limited.ts'
import { oneKey } from '../trpc/one-key.ts'
import { anyone, signedIn } from '../trpc/procedure.ts'
import { watchUsername } from './watch-username.ts'

/** Everything about a person's name and profile. */
export const profile = {
  /** Claims a username for whoever asks, or renames them to it. Claiming one's own succeeds. */
  claimUsername: signedIn(
    'USERNAME_TAKEN',
    'USERNAME_RESERVED',
    'USERNAME_HELD',
    'USERNAME_TOO_SIMILAR',
    'CHANGED_TOO_OFTEN',
    'IDEMPOTENCY_KEY_REUSED',
  )
    .use(limited('claim'))
    .input(ClaimUsernameInput)
    .output(ClaimUsernameOutput)
    .mutation(async ({ ctx, input }) => {
      const { person, rules } = ctx
      const { username } = input
      const idempotencyKey = oneKey(ctx, input)
      const end = await ctx.claims.claim({ person, username, idempotencyKey })
      switch (end.outcome) {
        case 'claimed': {
          const { key, claimedAt, previous, respelled } = end
          const names = [username]
          if (previous !== undefined) names.push(previous.username)
          if (respelled !== undefined) names.push(respelled)
          ctx.database.names.announce(topicsOf(names, rules))
          return {
            username,
            key,
            claimedAt: claimedAt.toISOString(),
            ...(previous && {
              previous: previous.username,
              previousHeldUntil: previous.heldUntil.toISOString(),
            }),
          }
        }
        case 'taken':
          return ctx.fail('USERNAME_TAKEN', { username, suggestions: end.suggestions })
        case 'reserved':
          return ctx.fail('USERNAME_RESERVED', { username, suggestions: end.suggestions })
        case 'held': {
          const until = end.until.toISOString()
          return ctx.fail('USERNAME_HELD', { username, until, suggestions: end.suggestions })
        }
        case 'too-similar': {
          const { resembles, suggestions } = end
          return ctx.fail('USERNAME_TOO_SIMILAR', { username, resembles, suggestions })
        }
        case 'too-often':
          return ctx.fail('CHANGED_TOO_OFTEN', { retryAt: end.until.toISOString() })
        case 'key-reused':
          return ctx.fail('IDEMPOTENCY_KEY_REUSED', {})
        case 'forgotten':
          return ctx.fail('SIGNED_OUT', {})
      }
    }),

  /** Gives up the username of whoever asks, if it is the one they mean; it is held, as after a rename. */
  releaseUsername: signedIn('NO_USERNAME', 'IDEMPOTENCY_KEY_REUSED')
    .use(limited('claim'))
    .input(ReleaseUsernameInput)
    .output(ReleaseUsernameOutput)
    .mutation(async ({ ctx, input }) => {
      const { person, rules } = ctx
      const { username } = input
      const idempotencyKey = oneKey(ctx, input)
      const end = await releaseUsername(ctx.database.prisma, { person, rules, username, idempotencyKey })
      switch (end.outcome) {
        case 'released':
          ctx.database.names.announce(topicsOf([end.released], rules))
          return { released: end.released, heldUntil: end.until.toISOString() }
        case 'no-username':
          return ctx.fail('NO_USERNAME', {})
        case 'key-reused':
          return ctx.fail('IDEMPOTENCY_KEY_REUSED', {})
        case 'forgotten':
          return ctx.fail('SIGNED_OUT', {})
      }
    }),

  /** What claiming a username would meet now. Advice: nothing is kept for whoever asks. */
  checkUsername: anyone()
    .use(limited('check'))
    .input(CheckUsernameInput)
    .output(CheckUsernameOutput)
    .query(async ({ ctx, input: { username } }) => {
      const { person, address } = ctx
      const who = person?.id ?? address
      const { status, suggestions, until, resembles } = await ctx.lookUps.check({ username, person, who })
      return {
        status,
        suggestions,
        ...(until && { until: until.toISOString() }),
        ...(resembles !== null && { resembles }),
      }
    }),

  watchUsername,

  /** The profile of whoever asks, with their username or null. */
  me: signedIn()
    .output(OwnProfile)
    .query(async ({ ctx }) => {
      const own = await ownProfile(ctx.database.query, ctx.person, ctx.rules)
      return own ?? ctx.fail('SIGNED_OUT', {})
    }),

  /** The names that are held for whoever asks, and every change of theirs. */
  usernameHistory: signedIn()
    .input(OwnHistoryInput)
    .output(OwnHistoryOutput)
    .query(async ({ ctx, input: { before, limit } }) => {
      const { database, person } = ctx
      if (await isForgotten(database.prisma, person.id)) return ctx.fail('SIGNED_OUT', {})
      return ownHistory(database.prisma, { person, before, limit })
    }),

  /** The public profile under a username, or where its former owner moved to. */
  get: anyone('PROFILE_NOT_FOUND')
    .input(GetProfileInput)
    .output(GetProfileOutput)
    .query(async ({ ctx, input: { username } }) => {
      const found = await ctx.lookUps.profile(username)
      return found ?? ctx.fail('PROFILE_NOT_FOUND', { username })
    }),

  /** Changes the fields that are given, if the profile is still at `version`. */
  update: signedIn('PROFILE_CHANGED')
    .input(UpdateProfileInput)
    .output(OwnProfile)
    .mutation(async ({ ctx, input: { version, ...fields } }) => {
      const change = { person: ctx.person, version, fields }
      const updated = await updateProfile(ctx.database.prisma, change, ctx.rules)
      if (updated === 'changed') return ctx.fail('PROFILE_CHANGED', {})
      return updated === 'forgotten' ? ctx.fail('SIGNED_OUT', {}) : updated
    }),
}
