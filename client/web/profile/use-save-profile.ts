import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { useDibs } from '../../react.ts'

/** Saves changes of one's own profile, and lets every page show them. */
export function useSaveProfile(onSaved: (saved: OwnProfile) => void) {
  const dibs = useDibs()
  const queries = useQueryClient()
  return useMutation(
    dibs.profile.update.mutationOptions({
      onSuccess(saved) {
        queries.setQueryData(dibs.profile.me.queryKey(), saved)
        void queries.invalidateQueries(dibs.profile.get.pathFilter())
        onSaved(saved)
      },
    }),
  )
}

export type SaveError = NonNullable<ReturnType<typeof useSaveProfile>['error']>
