import { randomFrom } from '../../../server/domain/random.ts'
import { somebody } from '../../support/people.ts'
import { violationsInChain } from '../chain.ts'
import { shuffled } from '../random.ts'
import { freshName, type Race, times } from '../world.ts'
import { currentName } from './one-person.ts'

/** Everybody claims everything at once: first claims, renamings and losses by the same people. */
export function melee(seed: number): Race {
  return {
    name: `12 people claim 8 names each at once, in an order of their own (seed ${seed})`,
    notices: ['check, then write', 'check, then write, with nothing unique', 'answer before the commit'],
    async run({ database, claim, judge }) {
      const random = randomFrom(seed)
      const names = times(8, (at) => freshName(`prize${at}`))
      const people = times(12, () => somebody())
      const plans = people.flatMap((person) => shuffled(names, random).map((name) => ({ person, name })))
      const made = await Promise.all(plans.map(({ person, name }) => claim(person, name)))
      const chains = await Promise.all(
        people.map(async ({ id }) => {
          const own = made.filter(({ personId }) => personId === id)
          return violationsInChain(own, { current: await currentName(database.prisma, id) })
        }),
      )
      return [...(await judge(made)), ...chains.flat()]
    },
  }
}
