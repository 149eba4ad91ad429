import { type ErrorOf, match } from '../../failure.ts'
import type { AppRouter } from '../../index.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Problem } from '../ui/Problem.tsx'

export interface HistoryProblemProps {
  readonly error: Error
  onRetry(): void
}

/** Why a history could not be read. */
export function HistoryProblem({ error, onRetry }: HistoryProblemProps) {
  const text = match(error as ErrorOf<AppRouter['profile']['usernameHistory']>, {
    SIGNED_OUT: () => 'You are signed out.',
    otherwise: (failure) => commonProblem(failure).text,
  })
  return <Problem onRetry={onRetry}>{text}</Problem>
}
