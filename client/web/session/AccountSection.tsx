import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { DeleteDialog } from './DeleteDialog.tsx'

/** The account behind the profile, and its end. */
export function AccountSection({ me }: { me: OwnProfile }) {
  const [isAsking, setAsking] = useState(false)
  return (
    <section aria-labelledby="account-heading">
      <h2 id="account-heading">Account</h2>
      <p>Deleting your account empties your profile and ends every session. It cannot be undone.</p>
      <Button className="button button-quiet button-start" onPress={() => setAsking(true)}>
        Delete account…
      </Button>
      {isAsking && <DeleteDialog me={me} onClose={() => setAsking(false)} />}
    </section>
  )
}
