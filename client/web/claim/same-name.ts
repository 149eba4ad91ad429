import { Username, usernameKey } from '../../../shared/username.ts'

/** Whether two texts are one name, at most in other capitals. */
export function isSameName(a: string, b: string): boolean {
  const one = Username.safeParse(a)
  const other = Username.safeParse(b)
  return one.success && other.success && usernameKey(one.data) === usernameKey(other.data)
}
