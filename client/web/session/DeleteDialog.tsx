import { type FormEvent, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { AlertDialog } from '../ui/AlertDialog.tsx'
import { focusFirstProblem } from '../ui/form-problems.ts'
import { Spinner } from '../ui/Icon.tsx'
import { Problem } from '../ui/Problem.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'
import { AuthError } from './auth-api.ts'
import { KnownPassword } from './credentials.ts'
import { DeletedNames } from './DeletedNames.tsx'
import { PasswordField } from './PasswordField.tsx'
import { refusalText } from './refusal-text.ts'
import { useDeleteAccount } from './use-delete-account.ts'

/** Says what deleting the account means, asks for the password, and does it. */
export function DeleteDialog({ me, onClose }: { me: OwnProfile; onClose(): void }) {
  const deletion = useDeleteAccount()
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<string>()
  const refusal = deletion.error instanceof AuthError ? deletion.error.refusal : undefined
  const isWrong = refusal === 'WRONG_PASSWORD'

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (deletion.isPending) return
    const form = event.currentTarget
    const known = KnownPassword.safeParse(password)
    setProblem(known.error?.issues[0]?.message)
    if (!known.success) return focusFirstProblem(form)
    deletion.mutate(known.data, { onError: () => focusFirstProblem(form) })
  }

  // On its way, it may be done whatever is pressed.
  function close() {
    if (!deletion.isPending) onClose()
  }

  return (
    <AlertDialog
      heading="Delete your account?"
      message={
        <>
          <p>Your profile is emptied, you are signed out everywhere, and nobody can undo it.</p>
          <DeletedNames {...me} />
        </>
      }
      onCancel={close}
    >
      <form className="stack" onSubmit={submit} noValidate>
        <PasswordField
          name="password"
          value={password}
          onChange={(value) => {
            setPassword(value)
            setProblem(undefined)
            deletion.reset()
          }}
          problem={isWrong ? refusalText(deletion.error) : problem}
          isNew={false}
        />
        {deletion.error && !isWrong && (
          <Problem actions={refusal === 'SIGNED_OUT' && <SignInElsewhere />}>
            {refusalText(deletion.error)}
          </Problem>
        )}
        <div className="actions">
          <Button className="button button-quiet" onPress={close} isDisabled={deletion.isPending}>
            Keep it
          </Button>
          <Button type="submit" className="button button-danger" isPending={deletion.isPending}>
            {deletion.isPending ? <Spinner /> : null}
            Delete account
          </Button>
        </div>
      </form>
    </AlertDialog>
  )
}
