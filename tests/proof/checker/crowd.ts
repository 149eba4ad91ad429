import type { NameRules } from '../../../server/domain/name-rules.ts'
import { Username } from '../../../shared/username.ts'
import { shuffled } from '../../race/random.ts'
import { type Call, isUnknown } from '../history.ts'
import type { Asked } from './names-arbitraries.ts'
import { type Planned, simulate } from './simulate.ts'

export interface Crowd {
  readonly calls: number
  readonly clients: number
  readonly people: number
  readonly names: number
  /** How many of the calls have an unknown outcome, in [0, 1]. */
  readonly unknown: number
  /** Of how many of those nobody knows until when they may yet take effect, in [0, 1]. */
  readonly open: number
  readonly rules: NameRules
  readonly random: () => number
}

const nsPerMs = 1e6
/** Until when an unknown outcome may yet take effect, where that is known. */
const settledAfterMs = 500

/**
 * The history of a crowd that does everything there is with names, some of which are far more
 * wanted than others (Zipf), at once and one call after another each. After an unknown outcome half
 * of them try again with the same key.
 */
export function crowd({ calls, clients, people, names, unknown, open, rules, random }: Crowd): Call[] {
  const pick = zipf(names, random)
  const any = (size: number) => Math.floor(random() * size)
  const longMs = () => 1 - 5 * Math.log(1 - random())
  const free = Array.from({ length: clients }, () => random() * 10)
  const again = new Map<number, Asked>()
  const plan: Planned[] = []
  while (plan.length < calls) {
    const client = free.indexOf(Math.min(...free))
    const call = (free[client] ?? 0) + random()
    const asked = again.get(client) ?? withKey(askedAny(`person-${any(people)}`), plan.length)
    again.delete(client)
    const [before, after] = [longMs(), longMs()]
    const isLost = random() < unknown
    if (isLost && 'idempotencyKey' in asked.input && random() < 0.5) again.set(client, asked)
    free[client] = call + before + after
    plan.push({
      asked,
      process: `client-${client}`,
      at: Math.round((call + before) * nsPerMs),
      before: Math.round(before * nsPerMs),
      after: Math.round(after * nsPerMs),
      fate: !isLost ? 'fine' : random() < 0.5 ? 'unknown' : 'unknown and not done',
    })
  }
  return shuffled(simulate(plan, rules), random)
    .toSorted((a, b) => a.call - b.call)
    .map((call, at) => ({
      ...call,
      id: `call-${at}`,
      ...(isUnknown(call.outcome) &&
        random() >= open && { settledBy: (call.return ?? call.call) + settledAfterMs * nsPerMs }),
    }))

  function askedAny(by: string): Asked {
    const username = nameOf(pick())
    const what = random()
    if (what < 0.4) return { by, procedure: 'profile.claimUsername', input: { username } }
    if (what < 0.47) return { by, procedure: 'profile.releaseUsername', input: {} }
    if (what < 0.5) return { by, procedure: 'profile.releaseUsername', input: { username } }
    if (what < 0.65) return { by, procedure: 'profile.checkUsername', input: { username } }
    if (what < 0.8) return { by, procedure: 'profile.me', input: {} }
    if (what < 0.9) return { by: null, procedure: 'profile.get', input: { username } }
    if (what < 0.95)
      return { by: null, procedure: 'admin.releaseUsername', input: { username, atOnce: random() < 0.8 } }
    return {
      by: null,
      procedure: 'admin.transferUsername',
      input: { username, to: `person-${any(people)}` },
    }
  }
}

/** Every change that a person makes has a key of its own. */
function withKey(asked: Asked, at: number): Asked {
  switch (asked.procedure) {
    case 'profile.claimUsername':
      return { ...asked, input: { ...asked.input, idempotencyKey: `key-${at}` } }
    case 'profile.releaseUsername':
      return { ...asked, input: { ...asked.input, idempotencyKey: `key-${at}` } }
    default:
      return asked
  }
}

/** Names of which every tenth is like the one before it but for case, and one that only looks alike. */
function nameOf(at: number): Username {
  const word = [...String(at - (at % 10 === 9 ? 1 : 0))].map((digit) => 'bcdfghjkpq'[Number(digit)]).join('')
  const name = `${word}-zoo`
  return Username.parse(at % 10 === 9 ? name.toUpperCase() : at % 10 === 7 ? name.replace('oo', '0o') : name)
}

/** Numbers below a size, the k-th of them wanted 1/k as often as the first. */
function zipf(size: number, random: () => number): () => number {
  const sums: number[] = []
  let sum = 0
  for (let rank = 1; rank <= size; rank++) {
    sum += 1 / rank
    sums.push(sum)
  }
  return () => {
    const wanted = random() * sum
    let [low, high] = [0, size - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? sum) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}
