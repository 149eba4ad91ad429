import { lazy, Suspense } from 'react'
import { personShown, useSession } from './session.ts'

const SomebodyElseDialog = lazy(async () => ({
  default: (await import('./SomebodyElseDialog.tsx')).SomebodyElseDialog,
}))

/** Stands before the page of one person once another one is signed in, as by another tab. */
export function SomebodyElse() {
  const session = useSession()
  const shown = personShown()
  if (!session || shown === undefined || session.id === shown) return null
  return (
    <Suspense>
      <SomebodyElseDialog name={session.name} />
    </Suspense>
  )
}
