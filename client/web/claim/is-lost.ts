import { failureOf } from '../../failure.ts'

/** Whether a claim failed because of its name: another one may do better, and trying again will not. */
export function isLost(error: object): boolean {
  return failureOf(error).kind.startsWith('USERNAME_')
}
