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
  if (draft === null) return null

  /** The form tells what is wrong. */
  function toForm() {
    onClose()
    navigate('/settings')
  }

  function saveFirst() {
    if (draft === null || !me) return toForm()
    if (!save(draft, me, { onSuccess: onSignOut, onError: toForm })) toForm()
  }

  return (
    <AlertDialog
      heading="Your profile has changes that are not saved"
      message={<p>Signing out loses what you typed and did not save.</p>}
      onCancel={onClose}
    >
      <div className="actions">
        <Button className="button button-quiet" onPress={onClose}>
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
