/** What is measured: the calls of one kind. */
export const operations = {
  win: 'a winning claim',
  lose: 'a losing claim',
  race: 'a race, 8 people a name',
  retry: "the owner's retry",
  get: 'profile.get',
  check: 'checkUsername',
  floor: 'a call without a database',
} as const
export type Operation = keyof typeof operations
export const allOperations = Object.keys(operations) as Operation[]
