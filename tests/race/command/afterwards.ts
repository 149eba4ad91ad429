import { endingOf, type Made } from '../ending.ts'
import type { Racer } from './people.ts'

/**
 * What does not hold once everybody has been answered: the winner who asks again is told the
 * same, and everybody's profile, as well as the public one, says who has the name.
 */
export async function violationsAfterwards(
  made: readonly Made[],
  racers: readonly Racer[],
): Promise<string[]> {
  const wrong = await Promise.all([
    ...made.map((claim) => unlessRetried(claim, racers)),
    unlessShown(made, racers),
  ])
  return wrong.flat()
}

async function unlessRetried(
  { personId, username, ending }: Made,
  racers: readonly Racer[],
): Promise<string[]> {
  const racer = racers.find(({ id }) => id === personId)
  if (racer === undefined) return []
  const { profile } = racer.dibs
  const me = await profile.me.query().catch(() => null)
  if (me === null) return [`${username}: somebody cannot read their profile afterwards`]
  const owns = me.username?.toLowerCase() === username.toLowerCase()
  if (ending.kind !== 'CLAIMED') {
    return owns ? [`${username}: somebody who was told ${ending.kind} has it`] : []
  }
  const again = await endingOf(profile.claimUsername.mutate({ username }))
  const same = again.kind === 'CLAIMED' && again.key === ending.key && again.claimedAt === ending.claimedAt
  return [
    ...(owns ? [] : [`${username}: somebody who was told it is theirs does not have it`]),
    ...(same ? [] : [`${username}: asking again, its winner was told ${again.kind}, not the same as before`]),
  ]
}

async function unlessShown(made: readonly Made[], racers: readonly Racer[]): Promise<string[]> {
  const won = made.find(({ ending }) => ending.kind === 'CLAIMED')
  const winner = racers.find(({ id }) => id === won?.personId)
  if (won === undefined || winner === undefined) return []
  const { username } = won
  const shown = await winner.dibs.profile.get.query({ username }).catch(() => null)
  return shown !== null && 'displayName' in shown && shown.displayName === winner.displayName
    ? []
    : [`${username}: its public profile is not its winner's`]
}
