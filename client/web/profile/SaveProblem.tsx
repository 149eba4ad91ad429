import type { OwnProfile } from '../../../shared/schemas.ts'
import { match } from '../../failure.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Problem } from '../ui/Problem.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'
import { ChangedElsewhere } from './ChangedElsewhere.tsx'
import type { Draft } from './profile-draft.ts'
import type { SaveError } from './use-save-profile.ts'

export interface SaveProblemProps {
  readonly error: SaveError
  readonly draft: Draft
  onRetry(): void
  onTakeTheirs(): void
  onKeepMine(theirs: OwnProfile): void
}

/** Why a profile could not be saved, and every way on from there. The draft stays as it is. */
export function SaveProblem({ error, draft, onRetry, onTakeTheirs, onKeepMine }: SaveProblemProps) {
  return match(error, {
    PROFILE_CHANGED: () => (
      <ChangedElsewhere draft={draft} onTakeTheirs={onTakeTheirs} onKeepMine={onKeepMine} />
    ),
    SIGNED_OUT: () => (
      <Problem onRetry={onRetry} actions={<SignInElsewhere />}>
        You are signed out. What you typed is still here: sign in, then try again.
      </Problem>
    ),
    otherwise: (failure) => {
      const { text, retry } = commonProblem(failure)
      return <Problem onRetry={retry ? onRetry : undefined}>{text}</Problem>
    },
  })
}
