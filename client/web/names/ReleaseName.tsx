import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { ReleaseDialog } from './ReleaseDialog.tsx'

export interface ReleaseNameProps {
  readonly username: string
  readonly holdDays: number
}

/** Lets somebody give up their name. */
export function ReleaseName({ username, holdDays }: ReleaseNameProps) {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button className="button button-quiet button-start" onPress={() => setAsking(true)}>
        Give up @{username}…
      </Button>
      {isAsking && <ReleaseDialog username={username} holdDays={holdDays} onClose={() => setAsking(false)} />}
    </>
  )
}
