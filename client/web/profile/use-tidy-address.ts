import { useEffect } from 'react'
import { useLocation } from 'wouter'
import type { Username } from '../../../shared/username.ts'

/** Has the address of a profile be its name alone, where something else came along in a link. */
export function useTidyAddress(written: string, username: Username | undefined): void {
  const [, navigate] = useLocation()
  useEffect(() => {
    if (username === undefined || username === written) return
    const { search, hash } = window.location
    navigate(`/@${username}${search}${hash}`, { replace: true })
  }, [written, username, navigate])
}
