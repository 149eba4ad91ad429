import fc from 'fast-check'
import unhomoglyph from 'unhomoglyph'
import { describe, expect, test } from 'vitest'
import { prototypes, skeleton } from '../../shared/confusables.ts'
import { Username, usernameKey } from '../../shared/username.ts'

const username = fc.stringMatching(/^[a-zA-Z0-9_-]{3,50}$/).map((name) => Username.parse(name))
const looks = (name: string) => skeleton(Username.parse(name))

/** Runs a property on many names. A failure says the seed and the shortest name that it found. */
function forEveryName(expectations: (name: Username) => void): void {
  const property = fc.property(username, (name) => {
    expectations(name)
  })
  fc.assert(property, { numRuns: 2000 })
}

// The package "unhomoglyph" maps all of confusables.txt, of Unicode 13.
describe('the prototypes', () => {
  const allowed = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
    (character) => Username.safeParse(character.repeat(3)).success,
  )

  test('are those of confusables.txt for each of the 64 characters that a username can have', () => {
    expect(allowed).toHaveLength(64)
    const mapped = allowed.flatMap((character) => {
      const prototype = unhomoglyph(character)
      return prototype === character ? [] : [[character, prototype] as const]
    })
    expect(new Map(mapped)).toEqual(prototypes)
  })

  test('are their own prototypes', () => {
    expect([...prototypes.values()].map(unhomoglyph)).toEqual([...prototypes.values()])
  })
})

describe('the skeleton', () => {
  test.each([
    ['AIice', 'Alice'],
    ['paypaI', 'paypal'],
    ['b0b', 'bob'],
    ['l0l', 'IoI'],
    ['e11a', 'ella'],
    ['modern', 'modem'],
    // Only lower case makes these an m and an o.
    ['Mark', 'rnark'],
    ['0MAR', 'ornar'],
    ['Oscar', '0scar'],
  ])('is the same of %s and %s', (one, other) => {
    expect(looks(one)).toBe(looks(other))
  })

  test.each([
    ['mail', 'mall'],
    ['bill', 'bili'],
    ['alice', 'alicia'],
    ['a-b', 'a_b'],
    ['a-b', 'ab0'],
  ])('is another of %s than of %s', (one, other) => {
    expect(looks(one)).not.toBe(looks(other))
  })

  test.each([
    ['cloud', 'doud'],
    ['wave', 'vvave'],
    ['sam5', 'sams'],
    ['l33t', 'leet'],
    ['8ob', 'Bob'],
    ['AIice', 'ALICE'],
  ])('says nothing of %s and %s', (one, other) => {
    expect(looks(one)).not.toBe(looks(other))
  })

  test('of a name in other capitals differs where an I is shown', () => {
    const [shown, lower] = [Username.parse('ALICE'), Username.parse('alice')]
    expect(usernameKey(shown)).toBe(usernameKey(lower))
    expect(skeleton(shown)).toBe('allce')
    expect(skeleton(lower)).toBe('alice')
  })

  test('of any name is what confusables.txt, lower case and confusables.txt again make of it', () => {
    forEveryName((name) => expect(skeleton(name)).toBe(unhomoglyph(unhomoglyph(name).toLowerCase())))
  })

  test('of any name is its own skeleton', () => {
    forEveryName((name) => expect(skeleton(skeleton(name) as string as Username)).toBe(skeleton(name)))
  })

  test('of any name is that of its prototypes', () => {
    forEveryName((name) => expect(skeleton(unhomoglyph(name) as Username)).toBe(skeleton(name)))
  })

  test('of any name is that of the name with its capitals, but for I, in lower case', () => {
    forEveryName((name) => {
      const lower = name.replace(/[A-HJ-Z]/g, (capital) => capital.toLowerCase())
      expect(looks(lower)).toBe(skeleton(name))
    })
  })

  test('of any name has at most 100 characters, all of them lower case, none of 0, 1 and m', () => {
    forEveryName((name) => expect(skeleton(name)).toMatch(/^[a-ln-z2-9_-]{3,100}$/))
    expect(looks('M'.repeat(50))).toHaveLength(100)
  })
})
