import { somebody } from '../../support/people.ts'
import { violationsInChain } from '../chain.ts'
import type { Made } from '../ending.ts'
import { freshName, type Race, times, type World } from '../world.ts'

export const doubleSubmit: Race = {
  name: 'one person claims one name 20 times at once',
  notices: ['check, then write'],
  async run({ claim, judge }) {
    const [person, name] = [somebody(), freshName('trinity')]
    return answeredAlike(judge, await Promise.all(times(20, () => claim(person, name))))
  },
}

export const retry: Race = {
  name: 'one person claims one name again',
  notices: ['refuse the owner'],
  async run({ claim, judge }) {
    const [person, name] = [somebody(), freshName('trinity')]
    return answeredAlike(judge, [await claim(person, name), await claim(person, name)])
  },
}

export const firstTabs: Race = {
  name: 'one person without a name claims 5 at once, in different tabs',
  notices: ['check, then write'],
  run: (world) => tabs(world),
}

export const renamingTabs: Race = {
  name: 'one person with a name claims 5 others at once, in different tabs',
  notices: ['check, then write', 'free, then take'],
  run: (world) => tabs(world, freshName('first')),
}

/** All of these are theirs in some order; one is their name in the end, the others are held for them. */
async function tabs({ database, claim, given, judge }: World, before?: string): Promise<string[]> {
  const person = somebody()
  const first = before === undefined ? [] : [await given(person, before)]
  const made = await Promise.all(times(5, (at) => claim(person, freshName(`tab${at}`))))
  const current = await currentName(database.prisma, person.id)
  const chain = violationsInChain(made, { current, ...(before === undefined ? {} : { before }) })
  return [...(await judge([...first, ...made])), ...chain]
}

export async function currentName(prisma: World['database']['prisma'], id: string) {
  const profile = await prisma.profile.findUnique({ where: { id } })
  return profile?.usernameKey
}

async function answeredAlike(judge: World['judge'], made: Made[]): Promise<string[]> {
  const dates = new Set(made.flatMap(({ ending }) => (ending.kind === 'CLAIMED' ? [ending.claimedAt] : [])))
  const alike = dates.size === 1 ? [] : [`${dates.size} different dates were answered`]
  return [...(await judge(made)), ...alike]
}
