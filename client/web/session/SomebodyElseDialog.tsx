import { useQuery } from '@tanstack/react-query'
import { Button } from 'react-aria-components/Button'
import { AlertDialog } from '../ui/AlertDialog.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'
import { sessionQuery } from './session.ts'

/** Says who is signed in now; nothing is done in their name until they have their own page. */
export function SomebodyElseDialog({ name }: { name: string }) {
  const { refetch } = useQuery(sessionQuery)
  return (
    <AlertDialog
      heading="Somebody else is signed in"
      message={
        <p>
          In this browser <bdi>{name}</bdi> is signed in now, and this page is somebody else’s. What was typed
          here is kept while it stays open.
        </p>
      }
      onCancel={() => void refetch()}
    >
      <div className="actions">
        <SignInElsewhere />
        <Button className="button button-quiet" onPress={() => location.reload()}>
          <span>
            Go on as <bdi>{name}</bdi>
          </span>
        </Button>
      </div>
    </AlertDialog>
  )
}
