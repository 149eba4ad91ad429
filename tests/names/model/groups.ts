import fc from 'fast-check'
import type { Database } from '../../../server/database/open.ts'
import { type ClaimOutcome, claimUsernames } from '../../../server/domain/claim.ts'
import { Username } from '../../../shared/username.ts'
import { usualRules } from '../../support/rules.ts'

export interface Claim {
  readonly person: string
  readonly username: string
  readonly key: string | undefined
}

/** What happens: claims at the same time, in one statement or two; or something in between. */
export type Step =
  | { readonly claims: readonly Claim[]; readonly split: number }
  | { readonly releases: string }
  | { readonly forgets: string }
  | { readonly days: number }

const people = fc.constantFrom('ann', 'ben', 'cat', 'dan')
const usernames = fc.constantFrom('alice', 'Alice', 'AIice', 'a1ice', 'bob', 'b0b', 'carol')
const keys = fc.option(fc.constantFrom('key-1', 'key-2'), { nil: undefined, freq: 2 })

/** Groups of up to six claims, mostly. */
export function anySteps(): fc.Arbitrary<Step[]> {
  const claim = fc.record({ person: people, username: usernames, key: keys })
  const group = fc.record({ claims: fc.array(claim, { minLength: 2, maxLength: 6 }), split: fc.nat(6) })
  const step = fc.oneof(
    { weight: 6, arbitrary: group },
    { weight: 1, arbitrary: fc.record({ releases: people }) },
    { weight: 1, arbitrary: fc.record({ forgets: people }) },
    { weight: 1, arbitrary: fc.record({ days: fc.constantFrom(1, 31, 91) }) },
  )
  return fc.array(step, { minLength: 1, maxLength: 8 })
}

/** Makes claims in one statement, and answers in the words of the model. */
export type ClaimGroup = (claims: readonly Claim[]) => Promise<string[]>

/** @param run ends every person's id and every name, so that runs don't meet. */
export function claimGroupOn(
  { query }: Pick<Database, 'query'>,
  run: string,
  expectsLoss: boolean,
): ClaimGroup {
  return async (claims) => {
    const asked = claims.map(({ person, username, key }) => ({
      person: { id: `${person}-${run}`, name: person },
      username: Username.parse(`${username}-${run}`),
      idempotencyKey: key,
    }))
    const ends = await Promise.all(await claimUsernames(query, asked, usualRules, expectsLoss))
    return ends.map((end) => inWords(end).replaceAll(`-${run}`, ''))
  }
}

function inWords(end: ClaimOutcome): string {
  if (end.outcome !== 'claimed') return failures[end.outcome]
  return `claimed${end.previous === undefined ? '' : ` instead of ${end.previous.username}`}`
}

const failures = {
  taken: 'USERNAME_TAKEN',
  reserved: 'USERNAME_RESERVED',
  held: 'USERNAME_HELD',
  'too-similar': 'USERNAME_TOO_SIMILAR',
  'too-often': 'CHANGED_TOO_OFTEN',
  'key-reused': 'IDEMPOTENCY_KEY_REUSED',
  forgotten: 'SIGNED_OUT',
} as const
