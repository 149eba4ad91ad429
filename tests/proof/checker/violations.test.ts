import { expect, test } from 'vitest'
import { Username } from '../../../shared/username.ts'
import { anyRenames } from '../../support/rules.ts'
import type { Call, Outcome, Procedure } from '../history.ts'
import { checkNames } from './check-names.ts'

type Ended = readonly [kind: Outcome['kind'], told?: Readonly<Record<string, unknown>>]

type Line = readonly [by: string, did: string, ended: Ended, when?: 'during']

/** A history of one call after another, of which each lasts for a while; `during` overlaps with the one before. */
function history(...lines: readonly Line[]): Call[] {
  return lines.map(([by, did, [kind, told = {}], when], at) => {
    const [verb = '', name = '', to] = did.split(' ')
    const start = when === 'during' ? (at - 1) * 10 + 1 : at * 10
    return {
      id: `${by}:${at}`,
      process: `client-${by}`,
      call: start * 1e6,
      return: (at * 10 + 5) * 1e6,
      by,
      procedure: procedures[verb],
      input: {
        ...(name !== '' && { username: Username.parse(name) }),
        ...(verb === 'free' && { atOnce: true }),
        ...(verb === 'transfer' && { to }),
      },
      outcome: kind === 'OK' ? { kind, answer: told } : { kind, payload: told },
    } as Call
  })
}

const procedures: Readonly<Record<string, Procedure>> = {
  claim: 'profile.claimUsername',
  release: 'profile.releaseUsername',
  check: 'profile.checkUsername',
  me: 'profile.me',
  get: 'profile.get',
  free: 'admin.releaseUsername',
  transfer: 'admin.transferUsername',
}

const won = (claimedAt: string, previous?: string): Ended => [
  'OK',
  previous === undefined ? { claimedAt } : { claimedAt, previous, previousHeldUntil: 'h' },
]
const is = (status: string): Ended => ['OK', { status, ...(status === 'held' && { until: 'h' }) }]
const named = (username: string | null, claimedAt: string | null = null): Ended => [
  'OK',
  { username, claimedAt },
]
const released = (name: string): Ended => ['OK', { released: name, heldUntil: 'h' }]
const unknown: Ended = ['UNKNOWN']

const noise = [
  ['zoe', 'claim zebra', won('z')],
  ['zoe', 'me', named('zebra', 'z')],
  ['yan', 'claim zebra', ['USERNAME_TAKEN']],
  ['yan', 'claim yard', won('y')],
] as const

const wrong = {
  'two win one name': [
    ['ann', 'claim ada', won('1')],
    ['ben', 'claim ada', won('2'), 'during'],
  ],
  'an acknowledged claim is gone': [
    ['ann', 'claim ada', won('1')],
    ['cat', 'check ada', is('available')],
  ],
  'an acknowledged claim is gone for its owner': [
    ['ann', 'claim ada', won('1')],
    ['ann', 'me', named(null)],
  ],
  'a read is older than a release': [
    ['ann', 'claim ada', won('1')],
    ['ann', 'release', released('ada')],
    ['cat', 'get ada', ['OK', { username: 'ada', claimedAt: '1', displayName: 'ann' }]],
  ],
  'a read goes back': [
    ['ann', 'claim ada', won('1')],
    ['ann', 'claim ava', won('2', 'ada')],
    ['ann', 'me', named('ava', '2'), 'during'],
    ['cat', 'check ada', is('taken')],
  ],
  'two spellings are two names': [
    ['ann', 'claim Ada', won('1')],
    ['ben', 'claim aDA', won('2')],
  ],
  "an owner's retry is refused": [
    ['ann', 'claim ada', won('1')],
    ['ann', 'claim ada', ['USERNAME_TAKEN']],
  ],
  "an owner's retry is another claim": [
    ['ann', 'claim ada', won('1')],
    ['ann', 'claim ada', won('2')],
  ],
  'a free name is called taken': [
    ['ann', 'check ada', is('available')],
    ['ann', 'claim ada', ['USERNAME_TAKEN']],
  ],
  'a refused claim was done': [
    ['ann', 'claim ada', won('1')],
    ['ben', 'claim ada', ['USERNAME_TAKEN']],
    ['ben', 'me', named('ada', '1')],
  ],
  'a hold is not respected': [
    ['ann', 'claim ada', won('1')],
    ['ann', 'release', released('ada')],
    ['ben', 'claim ada', won('2')],
  ],
  'someone has two current names': [
    ['ann', 'claim ada', won('1')],
    ['ann', 'claim ava', won('2')],
  ],
  'a name that is left is current yet': [
    ['ann', 'claim ada', won('1')],
    ['ann', 'claim ava', won('2', 'ada')],
    ['cat', 'check ada', is('taken')],
  ],
  'a name is transferred from whom it is not': [
    ['ann', 'claim ada', won('1')],
    ['ops', 'transfer ada ben', ['OK', { transferred: 'ada', from: 'cat', previous: null }]],
  ],
  'a look-alike is let through': [
    ['ann', 'claim bob', won('1')],
    ['ben', 'claim b0b', won('2')],
  ],
  'what nobody knows is undone again': [
    ['ann', 'claim ada', unknown],
    ['ann', 'me', named('ada', '1')],
    ['ann', 'me', named(null)],
  ],
  'what nobody knows is done for two': [
    ['ann', 'claim ada', unknown],
    ['ben', 'claim ada', unknown, 'during'],
    ['ann', 'me', named('ada', '1')],
    ['ben', 'me', named('ada', '1')],
  ],
} as const satisfies Record<string, readonly Line[]>

test.each(Object.entries(wrong))(
  '%s: rejected, and shown without what has nothing to do with it',
  (_, lines) => {
    const { verdict, violations } = checkNames(history(...noise, ...lines), { rules: anyRenames })
    expect(verdict).toBe('violated')
    const [violation] = violations
    expect(violations).toHaveLength(1)
    expect(violation?.calls.length).toBeLessThanOrEqual(lines.length)
    expect(violation?.calls.some(({ by }) => by === 'zoe' || by === 'yan')).toBe(false)
    expect(violation?.calls).toContain(violation?.stuck)
  },
)

const right = {
  'two claim one name, and one wins': [
    ['ann', 'claim ada', ['USERNAME_TAKEN']],
    ['ben', 'claim ada', won('1'), 'during'],
    ['cat', 'check ada', is('taken')],
  ],
  'a claim that nobody knows of was done': [
    ['ann', 'claim ada', unknown],
    ['ben', 'check ada', is('available')],
    ['ben', 'claim ada', ['USERNAME_TAKEN']],
    ['ann', 'claim ada', won('1')],
  ],
  'a claim that nobody knows of was never done': [
    ['ann', 'claim ada', unknown],
    ['ben', 'claim ada', won('1')],
    ['ann', 'claim ada', ['USERNAME_TAKEN']],
  ],
  'a name goes from hand to hand': [
    ['ann', 'claim ada', won('1')],
    ['ops', 'transfer ada ben', ['OK', { transferred: 'ada', from: 'ann', previous: null }]],
    ['ops', 'free ada', ['OK', { released: 'ada', was: 'taken', heldUntil: null }]],
    ['cat', 'claim ada', won('2')],
  ],
} as const satisfies Record<string, readonly Line[]>

test.each(Object.entries(right))('%s: accepted', (_, lines) => {
  expect(checkNames(history(...noise, ...lines), { rules: anyRenames }).verdict).toBe('linearizable')
})

test('a violation is explained by who was told what, and when', () => {
  const { violations } = checkNames(history(...noise, ...wrong['two win one name']), { rules: anyRenames })
  expect(violations[0]?.explanation).toEqual([
    'From 0.0400 s to 0.0450 s client-ann (ann) claimed "ada", and was told that it is theirs, since 1.',
    'From 0.0410 s to 0.0550 s client-ben (ben) claimed "ada", and was told that it is theirs, since 2.',
    'At 0.0550 s client-ben was told that it is theirs, since 2: no order of these calls explains that.',
  ])
})
