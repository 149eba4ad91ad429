import { somebody } from '../../support/people.ts'
import { freshName, type Race, times } from '../world.ts'

/** A name in the three ways that people type it: all one name. */
export function capitals(name: string): string[] {
  return [name, name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1)]
}

export const crowd: Race = {
  name: '100 people claim one name at once, in different capitals',
  notices: ['check, then write', 'check, then write, with nothing unique', 'answer before the commit'],
  async run({ claim, judge }) {
    const ways = capitals(freshName('neo'))
    return judge(await Promise.all(times(100, (at) => claim(somebody(), ways[at % ways.length] ?? ''))))
  },
}
