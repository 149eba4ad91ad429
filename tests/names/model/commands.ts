import fc from 'fast-check'
import { expect } from 'vitest'
import type { Real } from './real.ts'
import * as rules from './rules.ts'

type Command = fc.AsyncCommand<rules.Model, Real>

/** Something that somebody does, in the model and in the database, which must answer alike. */
function command(
  name: string,
  inModel: (model: rules.Model) => unknown,
  inReal: (real: Real) => Promise<unknown>,
): Command {
  return {
    check: () => true,
    async run(model, real) {
      const expected = inModel(model)
      expect(await inReal(real), name).toEqual(expected)
    },
    toString: () => name,
  }
}

export const people = ['ann', 'ben', 'cat']
const usernames = 'alice Alice AIice aiice a1ice bob b0b carol dave erin frank __proto__ constructor'.split(
  ' ',
)

/** What several people may do with a few names, among them some that look alike. */
export function anyCommands(): fc.Arbitrary<Command>[] {
  const person = fc.constantFrom(...people)
  const username = fc.constantFrom(...usernames)
  const key = fc.option(fc.constantFrom('key-1', 'key-2'), { nil: undefined, freq: 2 })
  const withKey = (key: string | undefined) => (key === undefined ? '' : ` with ${key}`)

  const claim = fc.tuple(person, username, key).map(([person, username, key]) =>
    command(
      `${person} claims ${username}${withKey(key)}`,
      (model) => rules.claim(model, person, username, key),
      (real) => real.claim(person, username, key),
    ),
  )
  return [
    claim,
    claim,
    claim,
    fc.tuple(person, fc.option(username, { nil: undefined }), key).map(([person, meant, key]) =>
      command(
        `${person} releases${meant === undefined ? '' : ` ${meant}`}${withKey(key)}`,
        (model) => rules.release(model, person, meant, key),
        (real) => real.release(person, meant, key),
      ),
    ),
    person.map((person) =>
      command(
        `${person} deletes their account`,
        (model) => rules.forget(model, person),
        (real) => real.forget(person),
      ),
    ),
    fc.tuple(username, fc.option(person)).map(([username, meant]) =>
      command(
        `${username} is reserved for ${meant}`,
        (model) => rules.reserve(model, username, meant),
        (real) => real.reserve(username, meant),
      ),
    ),
    fc.tuple(username, fc.boolean()).map(([username, atOnce]) =>
      command(
        `${username} is freed${atOnce ? ' at once' : ''}`,
        (model) => rules.free(model, username, atOnce),
        (real) => real.free(username, atOnce),
      ),
    ),
    fc.tuple(username, person).map(([username, person]) =>
      command(
        `${username} is handed to ${person}`,
        (model) => rules.transfer(model, username, person),
        (real) => real.transfer(username, person),
      ),
    ),
    fc.tuple(fc.option(person), username).map(([person, username]) =>
      command(
        `${person} asks for ${username}`,
        (model) => rules.check(model, person, username),
        (real) => real.check(person, username),
      ),
    ),
    username.map((username) =>
      command(
        `/@${username} is opened`,
        (model) => rules.shown(model, username),
        (real) => real.shown(username),
      ),
    ),
    fc.constantFrom(1, 10, 31, 91).map((days) =>
      command(
        `${days} days pass`,
        (model) => {
          model.day += days
        },
        (real) => real.pass(days),
      ),
    ),
  ]
}
