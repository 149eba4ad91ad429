import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { type OwnProfile, ProfileChanges } from '../../../shared/schemas.ts'
import { hasLeft } from '../session/origin.ts'
import { personShown } from '../session/person-shown.ts'
import { useSession } from '../session/session.ts'
import { type FieldProblems, fieldProblems } from '../ui/form-problems.ts'
import { useNotice } from '../ui/notice.tsx'
import { asSent } from './as-sent.ts'
import { type Draft, unsaved, versionUpon } from './profile-draft.ts'
import { useSaveProfile } from './use-save-profile.ts'

interface SaveOptions {
  /** Upon which version, whatever it changed. */
  readonly version?: number
  onSuccess?(): void
  onError?(): void
}

/** What somebody has typed into their profile and not saved, wherever on the site they are by now. */
function useDraft() {
  const say = useNotice()
  // With it changes whom the page shows.
  useSession()
  const person = personShown()
  const [held, setHeld] = useState<{ person: string | undefined; draft: Draft } | null>(null)
  const [problems, setProblems] = useState<FieldProblems>({})
  const draft = held && held.person === person ? held.draft : null

  function setDraft(next: Draft | null) {
    setHeld(next && { person, draft: next })
  }

  const saving = useSaveProfile((saved, sent) => {
    const left = unsaved(draft, sent, saved)
    setDraft(left)
    say(left === null ? 'Your profile is saved.' : 'Your profile is saved, except what you typed since.')
  })
  const isTheirs = saving.context !== undefined && !hasLeft(saving.context)

  /**
   * Saves a draft, upon a given version or the one that it needs no asking for. Answers whether it can be
   * sent as it is.
   *
   * @param me the profile as it was last read
   */
  function save(sent: Draft, me: OwnProfile, { version, ...after }: SaveOptions = {}): boolean {
    if (saving.isPending) return true
    const parsed = ProfileChanges.safeParse(asSent(sent.edits))
    setProblems(parsed.success ? {} : fieldProblems(parsed.error))
    if (!parsed.success) return false
    const fields = parsed.data
    const upon = version ?? versionUpon(sent.base, fields, me) ?? sent.base.version
    saving.mutate({ sent, fields, version: upon }, after)
    return true
  }

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
    /** What is wrong with the draft as it was to be sent. */
    problems: draft === null ? {} : problems,
    setProblems,
    save,
    isSaving: isTheirs && saving.isPending,
    /** Why a draft was not saved when that was last tried, and which. */
    failed: isTheirs && saving.error ? { error: saving.error, sent: saving.variables.sent } : null,
    forgetFailure: saving.reset,
    /** Lets go of all that was typed and tried. */
    abandon() {
      setHeld(null)
      saving.reset()
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
