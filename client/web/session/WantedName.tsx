import { Button } from 'react-aria-components/Button'
import { useWanted, wanted } from '../claim/wanted.ts'
import { handFocusOn } from '../ui/hand-focus-on.ts'

/** Reminds somebody who signs in or up of the name they are about to claim. */
export function WantedName() {
  const name = useWanted()
  if (name === null) return null
  return (
    <div ref={handFocusOn} className="tag">
      <p className="tag-band">You want to claim next</p>
      <div className="wanted-row">
        <p className="wanted-name">@{name.username}</p>
        <Button className="button button-plain" onPress={wanted.forget}>
          Not now
        </Button>
      </div>
      <p className="wanted-note">It is not yours until you do.</p>
    </div>
  )
}
