import fc from 'fast-check'
import { Username } from '../../../shared/username.ts'
import type { Call } from '../history.ts'

/** What is asked by a call, without when and how it ended. */
export type Asked = Call extends infer C
  ? C extends Call
    ? Pick<C, 'by' | 'procedure' | 'input'>
    : never
  : never

/** What a few people may ask about a few names, some of which look alike. */
export const anyAsked = askedBy(
  ['ann', 'ben', 'cat'],
  'alice Alice AIice aiice a1ice bob b0b carol dave erin frank'.split(' '),
)

export function askedBy(people: readonly string[], names: readonly string[]): fc.Arbitrary<Asked> {
  const person = fc.constantFrom(...people)
  const username = fc.constantFrom(...names.map((name) => Username.parse(name)))
  const key = fc.option(fc.constantFrom('key-1', 'key-2'), { nil: undefined, freq: 2 })
  const claim = fc.record({
    by: person,
    procedure: fc.constant('profile.claimUsername' as const),
    input: fc.record({ username, idempotencyKey: key }),
  })
  return fc.oneof(
    { arbitrary: claim, weight: 4 },
    fc.record({
      by: person,
      procedure: fc.constant('profile.releaseUsername' as const),
      input: fc.record({ username: fc.option(username, { nil: undefined }), idempotencyKey: key }),
    }),
    fc.record({
      by: fc.option(person),
      procedure: fc.constant('profile.checkUsername' as const),
      input: fc.record({ username }),
    }),
    fc.record({ by: person, procedure: fc.constant('profile.me' as const), input: fc.constant({}) }),
    fc.record({
      by: fc.constant(null),
      procedure: fc.constant('profile.get' as const),
      input: fc.record({ username }),
    }),
    fc.record({
      by: fc.constant(null),
      procedure: fc.constant('admin.reserveUsername' as const),
      input: fc.record({ username, for: fc.option(person, { nil: undefined }) }),
    }),
    fc.record({
      by: fc.constant(null),
      procedure: fc.constant('admin.releaseUsername' as const),
      input: fc.record({ username, atOnce: fc.boolean() }),
    }),
    fc.record({
      by: fc.constant(null),
      procedure: fc.constant('admin.transferUsername' as const),
      input: fc.record({ username, to: person }),
    }),
    fc.record({
      by: fc.constant(null),
      procedure: fc.constant('clock' as const),
      input: fc.record({ days: fc.constantFrom(1, 10, 31, 91) }),
    }),
  )
}
