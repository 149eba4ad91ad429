import { failureOf } from '../../../client/index.ts'
import { capitals } from '../capitals.ts'
import { endingOf, type Made } from '../ending.ts'
import { shuffled } from '../random.ts'
import { count, violationsAmong } from '../violations.ts'
import { violationsAfterwards } from './afterwards.ts'
import { type Latency, latencyOf } from './latency.ts'
import { limited, type Racer } from './people.ts'
import { Stop } from './stop.ts'

/** What came of one name. */
export interface Round {
  readonly name: string
  /** How many claims ended in each kind. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly latencyMs: Latency
  /** What does not hold, a sentence each. */
  readonly violations: readonly string[]
}

/** Lets everybody claim one name at the same moment, in different capitals, and checks what came of it. */
export async function runRound(
  { url, name, random }: { url: string; name: string; random: () => number },
  racers: readonly Racer[],
): Promise<Round> {
  await toTheLine(url, racers)
  const ways = capitals(name)
  const times: number[] = []
  const made = await Promise.all(
    shuffled(racers, random).map(async ({ id, dibs }, at): Promise<Made> => {
      const username = ways[at % ways.length] ?? name
      const started = performance.now()
      const ending = await endingOf(dibs.profile.claimUsername.mutate({ username }))
      times.push(performance.now() - started)
      return { personId: id, username, ending }
    }),
  )
  const outcomes = count(made)
  if (outcomes.has('RATE_LIMITED')) throw limited(url)
  if (outcomes.get('NO_ANSWER') === made.length) throw new Stop(`${url} stopped answering during the race.`)
  return {
    name,
    outcomes: Object.fromEntries([...outcomes].sort()),
    latencyMs: latencyOf(times),
    violations: [...violationsAmong(made), ...(await violationsAfterwards(made, racers))],
  }
}

/** Opens everybody's connection, so that all that is raced for is the name. */
async function toTheLine(url: string, racers: readonly Racer[]): Promise<void> {
  try {
    await Promise.all(racers.map(({ dibs }) => dibs.profile.me.query()))
  } catch (error) {
    const { kind } = failureOf(error as object)
    throw new Stop(`People cannot read their profiles at ${url}: ${kind}. Its log may say why.`)
  }
}
