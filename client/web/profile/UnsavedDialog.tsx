import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from 'react-aria-components/Button'
import { useLocation } from 'wouter'
import { useMe } from '../session/session.ts'
import { AlertDialog } from '../ui/AlertDialog.tsx'
import { Spinner } from '../ui/Icon.tsx'
import { useProfileDraft } from './draft-context.tsx'

export interface UnsavedDialogProps {
  /** Signs the person out, whatever is not saved. */
  onSignOut(): void
  onClose(): void
}

/** Asks somebody who signs out what becomes of the changes to their profile, while there are any. */
export function UnsavedDialog({ onSignOut, onClose }: UnsavedDialogProps) {
  const { draft, save, isSaving } = useProfileDraft()
  const [, navigate] = useLocation()
  const me = useMe().data
  /** Whether its own save is still to be followed by anything. */
  const isWaited = useRef(true)
  const isOver = draft === null
  const leave = useEffectEvent(onClose)
  // What another save took care of is not asked about again, once there is something new.
  useEffect(() => {
    if (isOver) leave()
  }, [isOver])
  if (draft === null) return null

  function stay() {
    isWaited.current = false
    onClose()
  }

  /** The form tells what is wrong. */
  function toForm() {
    onClose()
    navigate('/settings')
  }

  function saveFirst() {
    if (draft === null || !me) return toForm()
    const onSuccess = () => isWaited.current && onSignOut()
    const onError = () => isWaited.current && toForm()
    if (!save(draft, me, { onSuccess, onError })) toForm()
  }

  return (
    <AlertDialog
      heading="Your profile has changes that are not saved"
      message={<p>Signing out loses what you typed and did not save.</p>}
      onCancel={stay}
    >
      <div className="actions">
        <Button className="button button-quiet" onPress={stay}>
          Stay
        </Button>
        <Button className="button button-danger" onPress={onSignOut} isDisabled={isSaving}>
          Discard
        </Button>
        <Button className="button button-primary" onPress={saveFirst} isPending={isSaving}>
          {isSaving ? <Spinner /> : null}
          Save and sign out
        </Button>
      </div>
    </AlertDialog>
  )
}
