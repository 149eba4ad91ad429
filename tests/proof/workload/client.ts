import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../../../server/domain/random.ts'
import { between } from '../faults/choose.ts'
import type { DibsServer } from '../system/dibs-server.ts'
import type { Person } from '../system/people.ts'
import { isUnknown, type Round } from './round.ts'
import { isMutation } from './wire.ts'
import { administratorsWish, type Memory, type Wish, wishOf } from './wishes.ts'

/** A device of somebody's. */
export interface Client {
  readonly name: string
  readonly at: number
  readonly person: Person | undefined
  readonly isAdministrator: boolean
}

/** After so long a device sends a request again, and after so long it breaks the connection. */
const patienceMs = 4000
const withinMs = 20_000
/** How long somebody hasty waits at most. */
const hastyMs = 12
/** Of those who are hasty so many break the connection; the others only don't wait for the answer. */
const breaksOff = 0.5
/** How often something is sent that nobody knows the outcome of. */
const mostAttempts = 6
/** Of those that have no answer some give up for good. */
const walksAway = 0.1
/** Before the second attempt somebody waits for so long at most, and for twice as long each time. */
const firstWaitMs = 250

/** Uses the system for as long as a round goes on, one wish after the other. */
export async function live(round: Round, client: Client): Promise<void> {
  const { field, names, crowd } = round
  const { name, at, person, isAdministrator } = client
  if (person === undefined) return
  const random = randomFrom(seedOf(`${field.seed} ${names.all[0]} ${name}`))
  let keys = 0
  const newKey = () => {
    keys += 1
    return `${name}-${keys}`
  }
  const usedKey = () => (keys === 0 ? undefined : `${name}-${between(1, keys, random)}`)
  const memory: Memory = { random, mine: undefined, before: undefined, newKey, usedKey }
  while (round.goesOn()) {
    const wish = isAdministrator ? administratorsWish(memory, names, crowd.people) : wishOf(memory, names)
    if (wish.isTwice) await Promise.all([pursue(wish), pursue(wish)])
    else await pursue(wish)
  }

  /** Sends it until somebody answers, to another server after each failure. */
  async function pursue({ asked, isSignedIn, isHasty }: Wish): Promise<void> {
    const by = isSignedIn ? (person ?? null) : null
    let failed: DibsServer | undefined
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const server = await round.server(at, random, failed)
      const isInHaste = isHasty && attempt === 0
      const soonMs = 1 + random() * hastyMs
      const waits = {
        patienceMs: isInHaste ? soonMs : patienceMs,
        withinMs: isInHaste && random() < breaksOff ? soonMs : withinMs,
      }
      const ended = await round.call({ process: name, by, server, ...waits }, asked)
      if (!isUnknown(ended)) {
        if (asked.procedure === 'profile.claimUsername' && ended.kind === 'OK') {
          const { username } = asked.input
          if (memory.mine !== username) memory.before = memory.mine
          memory.mine = username
        }
        return
      }
      if (!isMutation(asked) || random() < walksAway || field.isOver()) return
      failed = server
      if (!isInHaste) await sleep(firstWaitMs * 2 ** attempt * random())
    }
  }
}

/** FNV-1a of a text, 32 bits. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
