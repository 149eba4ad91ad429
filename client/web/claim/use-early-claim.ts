import { useEffect, useState } from 'react'
import type { Username } from '../../../shared/username.ts'

/**
 * Has what Claim was pressed for before it is known who is there wait until that is known, and then
 * go on, unless its person went to another page meanwhile.
 */
export function useEarlyClaim(isKnown: boolean, goOn: (username: Username) => void) {
  const [early, setEarly] = useState<{ username: Username; path: string } | null>(null)

  useEffect(() => {
    if (early === null) return
    const hasGone = window.location.pathname !== early.path
    if (!isKnown && !hasGone) return
    setEarly(null)
    if (!hasGone) goOn(early.username)
  })

  return {
    isWaiting: early !== null,
    wait: (username: Username) => setEarly({ username, path: window.location.pathname }),
    drop: () => setEarly(null),
  }
}
