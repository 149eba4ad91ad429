import { type ErrorOf, match } from '../../failure.ts'
import type { AppRouter } from '../../index.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Problem } from '../ui/Problem.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'

export interface HistoryProblemProps {
  readonly error: Error
  onRetry(): void
}

/** Why a history could not be read. */
export function HistoryProblem({ error, onRetry }: HistoryProblemProps) {
  return match(error as ErrorOf<AppRouter['profile']['usernameHistory']>, {
    SIGNED_OUT: () => (
      <Problem onRetry={onRetry} actions={<SignInElsewhere />}>
        You are signed out. Sign in, then try again.
      </Problem>
    ),
    otherwise: (failure) => <Problem onRetry={onRetry}>{commonProblem(failure).text}</Problem>,
  })
}
