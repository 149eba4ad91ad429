import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { failureOf } from '../../failure.ts'
import { useDibs, useDibsClient } from '../../react.ts'
import { hasLeft, origin } from '../session/origin.ts'
import { type Changes, type Draft, versionUpon } from './profile-draft.ts'

export interface Save {
  readonly sent: Draft
  /** What it changes, as the service takes it. */
  readonly fields: Changes
  /** The version of the profile that it is to be saved upon. */
  readonly version: number
}

/** After these it may be saved all the same. */
const unknownEnds = ['NO_ANSWER', 'UNAVAILABLE', 'UNEXPECTED']

/** Saves a draft of one's own profile, and lets every page show it. */
export function useSaveProfile(onSaved: (saved: OwnProfile, sent: Draft) => void) {
  const dibs = useDibs()
  const client = useDibsClient()
  const queries = useQueryClient()

  /** The version to save upon instead, as where a first claim made an empty profile one. */
  async function versionInstead(error: unknown, { sent, fields }: Save): Promise<number | undefined> {
    if (failureOf(error as object).kind !== 'PROFILE_CHANGED') return undefined
    const me = dibs.profile.me.queryOptions(undefined, { staleTime: 0 })
    const theirs = await queries.fetchQuery(me).catch(() => undefined)
    return theirs && versionUpon(sent.base, fields, theirs)
  }

  return useMutation<OwnProfile, SaveError, Save, ReturnType<typeof origin>>({
    onMutate: origin,
    async mutationFn(save) {
      const begun = origin()
      const { fields, version } = save
      try {
        return await client.profile.update.mutate({ ...fields, version })
      } catch (error) {
        const instead = await versionInstead(error, save)
        if (instead === undefined || hasLeft(begun)) throw error
        return client.profile.update.mutate({ ...fields, version: instead })
      }
    },
    onSuccess(saved, { sent }, started) {
      if (hasLeft(started)) return
      queries.setQueryData(dibs.profile.me.queryKey(), saved)
      // Read before, it would take the place of what is saved.
      void queries.invalidateQueries(dibs.profile.me.queryFilter())
      void queries.invalidateQueries(dibs.profile.get.pathFilter())
      onSaved(saved, sent)
    },
    onError(error, _, started) {
      if (!started || hasLeft(started) || !unknownEnds.includes(failureOf(error).kind)) return
      void queries.invalidateQueries(dibs.profile.me.queryFilter())
    },
  })
}

type UpdateOptions = ReturnType<ReturnType<typeof useDibs>['profile']['update']['mutationOptions']>
export type SaveError = Parameters<NonNullable<UpdateOptions['onError']>>[0]
