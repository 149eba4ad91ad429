import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { formerNameParameter } from '../../../shared/profile-address.ts'
import { Username } from '../../../shared/username.ts'
import { useDibs } from '../../react.ts'
import { isSameName } from '../claim/same-name.ts'
import { useNotice } from '../ui/notice.tsx'

const marked = new RegExp(`[?&]${formerNameParameter}=([^&]*)$`)

/** Says once that a name moved, to whom the service led on from it; any link could say so, so it is asked. */
export function useFormerName(current: string): void {
  const queries = useQueryClient()
  const dibs = useDibs()
  const say = useNotice()

  const tell = useEffectEvent(async (username: Username) => {
    const found = await queries.fetchQuery(dibs.profile.get.queryOptions({ username })).catch(() => null)
    if (found === null || !('movedTo' in found) || !isSameName(found.movedTo, current)) return
    say(`@${username} goes by @${found.movedTo} now.`)
  })

  useEffect(() => {
    const { pathname, search, hash } = window.location
    const [marker = '', was] = marked.exec(search) ?? []
    if (marker === '') return
    const rest = search.slice(0, -marker.length)
    window.history.replaceState(window.history.state, '', `${pathname}${rest}${hash}`)
    const username = Username.safeParse(was)
    if (username.success) void tell(username.data)
  }, [])
}
