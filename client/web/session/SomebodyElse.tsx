import { personShown } from './person-shown.ts'
import { SomebodyElseDialog } from './SomebodyElseDialog.tsx'
import { useSession } from './session.ts'

/** Stands before the page of one person once another one is signed in, as by another tab. */
export function SomebodyElse() {
  const session = useSession()
  const shown = personShown()
  if (!session || shown === undefined || session.id === shown) return null
  return <SomebodyElseDialog name={session.name} />
}
