import type { Real } from './real.ts'

/** Ends every name and person in a run's own token on the way to the database, and in none on the way back. */
export function realInRun(real: Real, run: string): Real {
  const there = (text: string) => `${text}-${run}`
  const back = (said: string) => said.replaceAll(`-${run}`, '')
  return {
    ...real,
    enter: (people) => real.enter(people.map(there)),
    claim: async (person, username, key) => back(await real.claim(there(person), there(username), key)),
    release: async (person, meant, key) =>
      back(await real.release(there(person), meant && there(meant), key)),
    forget: (person) => real.forget(there(person)),
    reserve: (username, meant) => real.reserve(there(username), meant && there(meant)),
    free: (username, atOnce) => real.free(there(username), atOnce),
    transfer: async (username, to) => back(await real.transfer(there(username), there(to))),
    check: (person, username) => real.check(person && there(person), there(username)),
    shown: async (username) => back(await real.shown(there(username))),
  }
}
