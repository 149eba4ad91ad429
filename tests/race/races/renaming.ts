import { somebody } from '../../support/people.ts'
import { freshName, type Race, times } from '../world.ts'
import { currentName } from './one-person.ts'

export const strangersAtTheDoor: Race = {
  name: 'one person renames while 20 strangers claim the old name',
  notices: ['free, then take'],
  async run({ claim, given, judge }) {
    const [alice, old, now] = [somebody(), freshName('alice'), freshName('alicia')]
    const first = await given(alice, old)
    const made = await Promise.all([claim(alice, now), ...times(20, () => claim(somebody(), old))])
    return judge([first, ...made])
  },
}

export const swap: Race = {
  name: '10 couples claim each other’s name at once',
  notices: ['free, then take'],
  async run({ database, claim, given, judge }) {
    const people = times(20, (at) => ({ person: somebody(), name: freshName(`partner${at}`) }))
    const first = await Promise.all(people.map(({ person, name }) => given(person, name)))
    const made = await Promise.all(
      people.map(({ person }, at) => claim(person, people[at % 2 === 0 ? at + 1 : at - 1]?.name ?? '')),
    )
    const kept = await Promise.all(
      people.map(async ({ person, name }) =>
        (await currentName(database.prisma, person.id)) === name ? [] : [`${name}: its owner lost it`],
      ),
    )
    return [...(await judge([...first, ...made])), ...kept.flat()]
  },
}
