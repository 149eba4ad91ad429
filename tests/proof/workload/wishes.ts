import type { Username } from '../../../shared/username.ts'
import type { Person } from '../system/people.ts'
import { inCapitals, type Names } from './names.ts'
import type { Asked } from './wire.ts'

/** What somebody wants next, and how they go about it. */
export interface Wish {
  readonly asked: Asked
  /** False for a question that is asked without being signed in. */
  readonly isSignedIn: boolean
  /** Sent twice at the same moment, as by a double click. */
  readonly isTwice: boolean
  /** Given up after a few milliseconds, and then sent again as a rule. */
  readonly isHasty: boolean
}

/** Somebody at a device, as far as their wishes depend on what they did before. */
export interface Memory {
  readonly random: () => number
  /** The name that they were last told is theirs, and the one before that. */
  mine: Username | undefined
  before: Username | undefined
  /** A key that this device has not used yet. */
  newKey(): string
  /** One that it has used already, if any; where that was for something else, it must be refused. */
  usedKey(): string | undefined
}

const share = { twice: 0.04, hasty: 0.02, key: 0.7, usedKey: 0.02, capitals: 0.25, meant: 0.3 }
/** A name that nobody can have. */
const reserved = 'admin' as Username

/** What a person wants: mostly a name. */
export function wishOf({ random, mine, before, newKey, usedKey }: Memory, names: Names): Wish {
  const turn = random()
  const wanted = () => {
    const name = names.pick(random)
    return random() < share.capitals ? inCapitals(name, random) : name
  }
  const key = () => {
    if (random() >= share.key) return undefined
    return random() < share.usedKey ? usedKey() : newKey()
  }
  if (turn < 0.5) return mutation(claim(wanted(), key()))
  if (turn < 0.55 && mine) return mutation(claim(mine))
  if (turn < 0.6 && before) return mutation(claim(before, newKey()))
  if (turn < 0.67) return mutation(release(key(), random() < share.meant ? (mine ?? before) : undefined))
  if (turn < 0.8) return question({ procedure: 'profile.checkUsername', input: { username: wanted() } })
  if (turn < 0.92) return question({ procedure: 'profile.get', input: { username: wanted() } })
  if (turn < 0.99) return { ...question({ procedure: 'profile.me', input: {} }), isSignedIn: true }
  return mutation(claim(reserved))

  function mutation(asked: Asked): Wish {
    const [isTwice, isHasty] = [random() < share.twice, random() < share.hasty]
    return { asked, isSignedIn: true, isTwice, isHasty }
  }

  function question(asked: Asked): Wish {
    return { asked, isSignedIn: random() < 0.5, isTwice: false, isHasty: false }
  }
}

/** What an administrator wants: mostly that names can be had again. */
export function administratorsWish({ random }: Memory, names: Names, people: readonly Person[]): Wish {
  const turn = random()
  const username = names.pick(random)
  const somebody = people[Math.floor(random() * people.length)]?.id ?? ''
  const isHasty = random() < share.hasty
  return { asked: asked(), isSignedIn: true, isTwice: false, isHasty }

  function asked(): Asked {
    if (turn < 0.5) return { procedure: 'admin.releaseUsername', input: { username, atOnce: true } }
    if (turn < 0.7) return { procedure: 'admin.releaseUsername', input: { username, atOnce: false } }
    if (turn < 0.85) return { procedure: 'admin.transferUsername', input: { username, to: somebody } }
    if (turn < 0.93) return { procedure: 'admin.reserveUsername', input: { username } }
    return { procedure: 'admin.reserveUsername', input: { username, for: somebody } }
  }
}

function claim(username: Username, idempotencyKey?: string): Asked {
  return {
    procedure: 'profile.claimUsername',
    input: { username, ...(idempotencyKey !== undefined && { idempotencyKey }) },
  }
}

/** @param meant the name to give up, if not whichever they go by */
function release(idempotencyKey: string | undefined, meant: Username | undefined): Asked {
  return {
    procedure: 'profile.releaseUsername',
    input: {
      ...(meant !== undefined && { username: meant }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    },
  }
}
