import { useQueryClient } from '@tanstack/react-query'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { useDibs } from '../../react.ts'

/**
 * Answers a function for after one's name changed: every page shows it at once, and whatever else changed
 * with it once that is read anew.
 */
export function useShowName() {
  const dibs = useDibs()
  const queries = useQueryClient()
  return ({ username, claimedAt }: Pick<OwnProfile, 'username' | 'claimedAt'>) => {
    queries.setQueryData(dibs.profile.me.queryKey(), (me) => me && { ...me, username, claimedAt })
    void queries.invalidateQueries(dibs.profile.pathFilter())
  }
}
