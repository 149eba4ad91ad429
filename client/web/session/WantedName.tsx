import { Button } from 'react-aria-components/Button'
import { useClaim } from '../claim/claim-context.tsx'
import { handFocusOn } from '../ui/hand-focus-on.ts'

/** Reminds somebody who signs in or up of the name they are about to claim. */
export function WantedName() {
  const { wanted, forget } = useClaim()
  if (wanted === null) return null
  return (
    <div ref={handFocusOn} className="tag">
      <p className="tag-band">Kept for you to claim next</p>
      <div className="wanted-row">
        <p className="wanted-name">@{wanted.username}</p>
        <Button className="button button-plain" onPress={forget}>
          Not now
        </Button>
      </div>
    </div>
  )
}
