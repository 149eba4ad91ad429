import { lock } from '../../support/locks.ts'
import { somebody } from '../../support/people.ts'
import { violationsInChain } from '../chain.ts'
import type { Made } from '../ending.ts'
import { freshName, type Race, times, type World } from '../world.ts'
import { currentName } from './one-person.ts'

/** Lets reads through and makes every write wait. */
const noWrites = 'LOCK TABLE usernames IN SHARE MODE'

/** Starts claims while nobody can write, and lets them go once each waits to. */
async function allAtTheGate({ database }: World, start: () => Promise<Made>[]): Promise<Made[]> {
  const gate = await lock(database, noWrites)
  try {
    const claims = start()
    // A claim that does not wait has lost already, or is wrong: the judge says which.
    await Promise.race([gate.waiting(claims.length), Promise.all(claims)])
    await gate.release()
    return await Promise.all(claims)
  } finally {
    await gate.release()
  }
}

export const crowdAtTheGate: Race = {
  name: '20 people have found the name free when writing begins',
  onlyOn: 'postgresql',
  notices: ['check, then write', 'check, then write, with nothing unique', 'answer before the commit'],
  async run(world) {
    const name = freshName('gate')
    return world.judge(await allAtTheGate(world, () => times(20, () => world.claim(somebody(), name))))
  },
}

export const doubleSubmitAtTheGate: Race = {
  name: 'one person has found the name free 10 times when writing begins',
  onlyOn: 'postgresql',
  notices: ['check, then write'],
  async run(world) {
    const [person, name] = [somebody(), freshName('gate')]
    return world.judge(await allAtTheGate(world, () => times(10, () => world.claim(person, name))))
  },
}

export const tabsAtTheGate: Race = {
  name: 'one person has found 10 names free when writing begins',
  onlyOn: 'postgresql',
  notices: ['check, then write'],
  async run(world) {
    const person = somebody()
    const names = times(10, (at) => freshName(`gate${at}`))
    const made = await allAtTheGate(world, () => names.map((name) => world.claim(person, name)))
    const current = await currentName(world.database.prisma, person.id)
    return [...(await world.judge(made)), ...violationsInChain(made, { current })]
  },
}
