import { match } from '../../failure.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Problem } from '../ui/Problem.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'
import { ChangedElsewhere, type ChangedElsewhereProps } from './ChangedElsewhere.tsx'
import type { SaveError } from './use-save-profile.ts'

export interface SaveProblemProps extends ChangedElsewhereProps {
  readonly error: SaveError
}

/** Why a profile could not be saved, and every way on from there. The draft stays as it is. */
export function SaveProblem({ error, onRetry, ...changed }: SaveProblemProps) {
  return match(error, {
    PROFILE_CHANGED: () => <ChangedElsewhere onRetry={onRetry} {...changed} />,
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
