import { expect, test } from 'vitest'
import { Username } from '../../../shared/username.ts'
import { usualRules } from '../../support/rules.ts'
import { isLinearizable } from './brute-force.ts'
import { check } from './check.ts'
import { namesModel } from './names/model.ts'
import { operationsOf } from './names/operations.ts'
import type { Asked } from './names-arbitraries.ts'
import { type Planned, simulate } from './simulate.ts'

// Legal histories that a former search called violated, as random ones found and fast-check shrank them.

const once = (idempotencyKey?: string) => (idempotencyKey === undefined ? {} : { idempotencyKey })
const name = (username: string) => Username.parse(username)

function claim(by: string, username: string, key?: string): Asked {
  return { by, procedure: 'profile.claimUsername', input: { username: name(username), ...once(key) } }
}

function release(by: string, key?: string): Asked {
  return { by, procedure: 'profile.releaseUsername', input: once(key) }
}

function looksUp(by: string | null, username: string): Asked {
  return { by, procedure: 'profile.checkUsername', input: { username: name(username) } }
}

function free(username: string, atOnce: boolean): Asked {
  return { by: null, procedure: 'admin.releaseUsername', input: { username: name(username), atOnce } }
}

function transfer(username: string, to: string): Asked {
  return { by: null, procedure: 'admin.transferUsername', input: { username: name(username), to } }
}

function reserve(username: string, only?: string): Asked {
  return {
    by: null,
    procedure: 'admin.reserveUsername',
    input: { username: name(username), ...(only !== undefined && { for: only }) },
  }
}

const nextDay: Asked = { by: null, procedure: 'clock', input: { days: 1 } }

/** Called, done and answered when, and what became of it. */
function planned(
  asked: Asked,
  [call, at, end]: readonly [number, number, number] = [0, 0, 0],
  fate: Planned['fate'] = 'fine',
): Planned {
  return { asked, process: 'p', at, before: at - call, after: end - at, fate }
}

const at = (moment: number) => [moment, moment, moment] as const

const none = { ...usualRules, holdDays: 0 }
const oneRename = { ...usualRules, renames: { most: 1, days: 30 } }

test.each([
  [
    'a release took a first name and had to come after the claim of the second, which named neither',
    usualRules,
    [
      planned(reserve('lily', 'ben')),
      planned(claim('ben', 'lily')),
      planned(claim('ben', 'neo'), at(0), 'unknown'),
      planned(release('ben'), at(0), 'unknown'),
      planned(free('lily', false)),
      planned(free('neo', false)),
    ],
  ],
  [
    'a read needed a call that the change which came too early has nothing to do with',
    usualRules,
    [
      planned(transfer('lily', 'ann'), [0, 0, 2]),
      planned(looksUp('ann', 'IiIy'), [1, 1, 2]),
      planned(reserve('IiIy'), at(1)),
    ],
  ],
  [
    'of two changes that a refusal needs, either could come first, and neither was',
    oneRename,
    [
      planned(claim('ben', 'neo', 'a key')),
      planned(nextDay, at(0), 'unknown'),
      planned(free('neo', true), at(0), 'unknown'),
      planned(release('ben', 'a key'), at(1)),
    ],
  ],
  [
    'a hold of no days could last for an instant, and then others mattered',
    none,
    [
      planned(claim('ann', 'neo')),
      planned(transfer('lily', 'ann'), at(0), 'lost'),
      planned(free('lily', false), at(0), 'unknown and not done'),
      planned(transfer('neo', 'ann'), at(1)),
    ],
  ],
  [
    'a claim was answered from its key where the next day it would have changed something',
    none,
    [
      planned(nextDay),
      planned(claim('ben', 'neo', 'a key')),
      planned(transfer('neo', 'ann'), [1, 1, 2], 'lost'),
      planned(claim('ben', 'neo', 'a key'), [1, 1, 3]),
      planned(claim('ben', 'Neo'), at(2)),
    ],
  ],
])('%s', (_, rules, plan) => {
  const model = namesModel(rules, ['lily'])
  const operations = operationsOf(simulate(plan, rules, ['lily']))
  expect(isLinearizable(model, operations)).toBe(true)
  expect(check(model, operations).verdict).toBe('linearizable')
})
