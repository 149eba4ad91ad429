import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { hasLeft } from '../session/origin.ts'
import { personShown } from '../session/person-shown.ts'
import { useSession } from '../session/session.ts'
import { useNotice } from '../ui/notice.tsx'
import { type Draft, unsaved } from './profile-draft.ts'
import { useSaveProfile } from './use-save-profile.ts'

/** What somebody has typed into their profile and not saved, wherever on the site they are by now. */
function useDraft() {
  const say = useNotice()
  // With it changes whom the page shows.
  useSession()
  const person = personShown()
  const [held, setHeld] = useState<{ person: string | undefined; draft: Draft } | null>(null)
  const draft = held && held.person === person ? held.draft : null

  function setDraft(next: Draft | null) {
    setHeld(next && { person, draft: next })
  }

  const save = useSaveProfile(draft, (saved, sent) => {
    const left = sent && unsaved(draft, sent, saved)
    setDraft(left)
    say(left === null ? 'Your profile is saved.' : 'Your profile is saved, except what you typed since.')
  })
  const isTheirs = save.context !== undefined && !hasLeft(save.context)

  const isUnsaved = draft !== null
  useEffect(() => {
    if (!isUnsaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isUnsaved])

  return {
    draft,
    setDraft,
    save: save.mutate,
    isSaving: isTheirs && save.isPending,
    /** Why the draft was not saved when that was last tried. */
    error: isTheirs ? save.error : null,
    forgetError: save.reset,
    /** Lets go of all that was typed and tried. */
    abandon() {
      setHeld(null)
      save.reset()
    },
  }
}

const DraftContext = createContext<ReturnType<typeof useDraft> | null>(null)

export function ProfileDraftProvider({ children }: { children: ReactNode }) {
  return <DraftContext value={useDraft()}>{children}</DraftContext>
}

export function useProfileDraft() {
  const draft = useContext(DraftContext)
  if (draft === null) throw new Error('useProfileDraft needs a ProfileDraftProvider around it')
  return draft
}
