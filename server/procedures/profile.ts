import {
  CheckUsernameInput,
  CheckUsernameOutput,
  ClaimUsernameInput,
  ClaimUsernameOutput,
  GetProfileInput,
  GetProfileOutput,
  OwnProfile,
  UpdateProfileInput,
} from '../../shared/schemas.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import { checkUsername } from '../domain/check.ts'
import { claimUsername } from '../domain/claim.ts'
import { ownProfile, publicProfile, updateProfile } from '../domain/profile.ts'
import { limited } from '../trpc/limited.ts'
import { anyone, signedIn } from '../trpc/procedure.ts'
import { watchUsername } from './watch-username.ts'

/** Everything about a person's name and profile. */
export const profile = {
  /** Claims a username for whoever asks, or renames them to it. Claiming one's own succeeds. */
  claimUsername: signedIn('USERNAME_TAKEN', 'USERNAME_RESERVED', 'USERNAME_HELD')
    .use(limited('claim'))
    .input(ClaimUsernameInput)
    .output(ClaimUsernameOutput)
    .mutation(async ({ ctx, input: { username } }) => {
      const { person, holdDays } = ctx
      const end = await claimUsername(ctx.database.prisma, { person, username, holdDays })
      switch (end.outcome) {
        case 'claimed': {
          const { key, claimedAt, previous } = end
          const left = previous === undefined ? [] : [usernameKey(previous as Username)]
          ctx.database.names.announce([key, ...left])
          return {
            username,
            key,
            claimedAt: claimedAt.toISOString(),
            ...(previous === undefined ? {} : { previous }),
          }
        }
        case 'taken':
          return ctx.fail('USERNAME_TAKEN', { username, suggestions: end.suggestions })
        case 'reserved':
          return ctx.fail('USERNAME_RESERVED', { username, suggestions: end.suggestions })
        case 'held':
          return ctx.fail('USERNAME_HELD', {
            username,
            until: end.until.toISOString(),
            suggestions: end.suggestions,
          })
      }
    }),

  /** What claiming a username would meet now. Advice: nothing is kept for whoever asks. */
  checkUsername: anyone()
    .use(limited('check'))
    .input(CheckUsernameInput)
    .output(CheckUsernameOutput)
    .query(({ ctx, input: { username } }) => {
      const personId = ctx.person?.id ?? null
      return checkUsername(ctx.database.prisma, { username, personId, who: personId ?? ctx.address })
    }),

  watchUsername,

  /** The profile of whoever asks, with their username or null. */
  me: signedIn()
    .output(OwnProfile)
    .query(({ ctx }) => ownProfile(ctx.database.prisma, ctx.person)),

  /** The public profile under a username, or where its former owner moved to. */
  get: anyone('PROFILE_NOT_FOUND')
    .input(GetProfileInput)
    .output(GetProfileOutput)
    .query(async ({ ctx, input: { username } }) => {
      const found = await publicProfile(ctx.database.prisma, username)
      return found ?? ctx.fail('PROFILE_NOT_FOUND', { username })
    }),

  /** Changes the fields that are given, if the profile is still at `version`. */
  update: signedIn('PROFILE_CHANGED')
    .input(UpdateProfileInput)
    .output(OwnProfile)
    .mutation(async ({ ctx, input: { version, ...fields } }) => {
      const changed = await updateProfile(ctx.database.prisma, { person: ctx.person, version, fields })
      return changed ?? ctx.fail('PROFILE_CHANGED', {})
    }),
}
