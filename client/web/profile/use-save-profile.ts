import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { OwnProfile, UpdateProfileInput } from '../../../shared/schemas.ts'
import { failureOf } from '../../failure.ts'
import { useDibs, useDibsClient } from '../../react.ts'
import { hasLeft, origin } from '../session/origin.ts'
import { type Draft, differences } from './profile-draft.ts'

/** Saves a draft of one's own profile, and lets every page show it. */
export function useSaveProfile(
  draft: Draft | null,
  onSaved: (saved: OwnProfile, sent: Draft | null) => void,
) {
  const dibs = useDibs()
  const client = useDibsClient()
  const queries = useQueryClient()

  /**
   * The version to save changes upon where the profile was changed since in nothing that is shown, or as it is
   * to be: by these changes, if only the answer was lost.
   */
  async function versionInstead(error: unknown, changes: UpdateProfileInput): Promise<number | null> {
    if (draft === null || failureOf(error as object).kind !== 'PROFILE_CHANGED') return null
    const me = dibs.profile.me.queryOptions(undefined, { staleTime: 0 })
    const theirs = await queries.fetchQuery(me).catch(() => null)
    if (theirs === null) return null
    const isAsWanted = differences(draft.base, theirs).every((name) => theirs[name] === changes[name])
    return isAsWanted ? theirs.version : null
  }

  return useMutation({
    ...dibs.profile.update.mutationOptions({
      onMutate: () => ({ ...origin(), sent: draft }),
      onSuccess(saved, _, started) {
        if (hasLeft(started)) return
        queries.setQueryData(dibs.profile.me.queryKey(), saved)
        // Read before, it would take the place of what is saved.
        void queries.invalidateQueries(dibs.profile.me.queryFilter())
        void queries.invalidateQueries(dibs.profile.get.pathFilter())
        onSaved(saved, started.sent)
      },
    }),
    async mutationFn(changes: UpdateProfileInput) {
      const begun = origin()
      try {
        return await client.profile.update.mutate(changes)
      } catch (error) {
        // The first claim of a name, for example, makes an empty profile one.
        const version = await versionInstead(error, changes)
        if (version === null || hasLeft(begun)) throw error
        return client.profile.update.mutate({ ...changes, version })
      }
    },
  })
}

export type SaveError = NonNullable<ReturnType<typeof useSaveProfile>['error']>
