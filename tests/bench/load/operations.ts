/** What is measured: the calls of one kind. */
export const operations = {
  win: 'a winning claim',
  lose: 'a losing claim',
  retry: "the owner's retry",
  get: 'profile.get',
  check: 'checkUsername',
} as const
export type Operation = keyof typeof operations
