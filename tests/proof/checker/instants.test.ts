import { expect, test } from 'vitest'
import { Username } from '../../../shared/username.ts'
import { anyRenames } from '../../support/rules.ts'
import type { Call } from '../history.ts'
import { checkNames } from './check-names.ts'

/** The wall clock at 0 of the history's. */
const epoch = Date.parse('2026-11-30T12:00:00.000Z')
const day = 86_400

/** An instant so many seconds later. */
const at = (seconds: number) => new Date(epoch + seconds * 1000).toISOString()

/** What is done so many seconds after the beginning, and takes a tenth of one. */
function called(seconds: number, asked: object, outcome: object): Call {
  const times = { call: seconds * 1e9, return: (seconds + 0.1) * 1e9, calledAt: epoch + seconds * 1000 }
  return { id: `p:${seconds}`, process: 'p', by: 'ann', ...times, ...asked, outcome } as Call
}

function claim(seconds: number, name: string, answer: object): Call {
  const asked = { procedure: 'profile.claimUsername', input: { username: Username.parse(name) } }
  return called(seconds, asked, { kind: 'OK', answer })
}

function release(seconds: number, heldUntil: string): Call {
  const asked = { procedure: 'profile.releaseUsername', input: {} }
  return called(seconds, asked, { kind: 'OK', answer: { released: 'ada', heldUntil } })
}

function free(seconds: number, heldUntil: string | null, was = 'taken'): Call {
  const input = { username: Username.parse('ada'), atOnce: false }
  const answer = { released: 'ada', was, heldUntil }
  return called(seconds, { procedure: 'admin.releaseUsername', input }, { kind: 'OK', answer })
}

const earlier = at(1 + 90 * day)
const held = at(10 + 90 * day)
const daysPass = called(5, { procedure: 'clock', input: { days: 1 } }, { kind: 'OK', answer: {} })
const first = claim(0, 'ada', { claimedAt: at(0.05) })
const renamed = (previousHeldUntil?: string) =>
  claim(10, 'ava', { claimedAt: at(10), previous: 'ada', ...(previousHeldUntil && { previousHeldUntil }) })

const verdictOf = (...calls: Call[]) => checkNames(calls, { rules: anyRenames }).verdict

test.each([
  ['a name is said to have been taken before it was asked for', [claim(10, 'ada', { claimedAt: at(8) })]],
  ['a name is said to have been taken after the answer', [claim(10, 'ada', { claimedAt: at(12) })]],
  ['a name that is given up is held for 9 days', [first, release(10, at(10 + 9 * day))]],
  ['a name that is given up is held for 91 days', [first, release(10, at(10 + 91 * day))]],
  ['a name that is freed is held for 9 days', [first, free(10, at(10 + 9 * day))]],
  ['a name that is left is held for 9 days', [first, renamed(at(10 + 9 * day))]],
  ['one that was given up long before stays held', [first, release(1, earlier), free(10, earlier, 'held')]],
  ['one that was given up just before was taken', [first, release(10, held), free(10.05, held)]],
  ['nobody says until when a name that is left is held', [first, renamed()]],
])('%s: rejected', (_, calls) => {
  expect(verdictOf(...calls)).toBe('violated')
})

test.each([
  ['a name is taken while it is asked for', [first]],
  ['a name that is given up is held for 90 days', [first, release(10, at(10 + 90 * day))]],
  ['a name that is freed is held for 90 days', [first, free(10, at(10 + 90 * day))]],
  ['a name that is left is held for 90 days', [first, renamed(at(10 + 90 * day))]],
  ['one that was given up just before stays held', [first, release(10, held), free(10.05, held, 'held')]],
  ['one that was given up before is anybody’s', [first, release(10, held), free(10.05, null, 'held')]],
  ['who has a name is told since when', [first, claim(10, 'ada', { claimedAt: at(0.05) })]],
  ['a clock was moved', [first, daysPass, release(10, at(10 + 91 * day))]],
])('%s: accepted', (_, calls) => {
  expect(verdictOf(...calls)).toBe('linearizable')
})
