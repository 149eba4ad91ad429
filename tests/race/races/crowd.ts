import { somebody } from '../../support/people.ts'
import { capitals } from '../capitals.ts'
import { freshName, type Race, times } from '../world.ts'

export const crowd: Race = {
  name: '100 people claim one name at once, in different capitals',
  notices: ['check, then write', 'check, then write, with nothing unique', 'answer before the commit'],
  async run({ claim, judge }) {
    const ways = capitals(freshName('neo'))
    return judge(await Promise.all(times(100, (at) => claim(somebody(), ways[at % ways.length] ?? ''))))
  },
}
