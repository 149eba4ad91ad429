import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../server/root.ts'

/** A program that compiles, and the one mistake that keeps it from it. */
export interface Fixture {
  readonly mistake: string
  readonly code: string
  /** What stands in the code, and what it is mistaken for. */
  readonly change: readonly [from: string, to: string]
  /** What stands in the line that the compiler must complain about. */
  readonly at: string
  readonly says: RegExp
}

const client = `
import { createDibsClient, failureOf, match, safe } from '../client/index.ts'
const { profile } = createDibsClient({ url: '' })
const [, getError] = await safe(profile.get.query({ username: 'neo' }))
const [, updateError] = await safe(profile.update.mutate({ bio: '', version: 1 }))
if (!getError || !updateError) throw new Error()
`
const matching = `${client}
match(updateError, {
  SIGNED_OUT: () => 'sign in',
  PROFILE_CHANGED: () => 'load again',
  otherwise: ({ message }) => message,
})
match(getError, {
  PROFILE_NOT_FOUND: ({ payload }) => payload.username,
  otherwise: ({ message }) => message,
})
`
const switching = `${client}
const failure = failureOf(updateError)
switch (failure.kind) {
  case 'SIGNED_OUT':
  case 'PROFILE_CHANGED':
    break
  case 'RATE_LIMITED':
    failure.payload.retryAfterMs satisfies number
    break
  case 'INVALID_INPUT': case 'FORBIDDEN': case 'NOT_FOUND': case 'CONFLICT':
  case 'UNAVAILABLE': case 'UNEXPECTED': case 'NO_ANSWER':
    break
  default:
    failure satisfies never
}
`
const serving = `
import { anyone } from '../server/trpc/procedure.ts'
export const get = anyone('PROFILE_NOT_FOUND').query(({ ctx }) => {
  if (ctx.person) return ctx.person.name
  return ctx.fail('PROFILE_NOT_FOUND', { username: 'neo' })
})
export const silent = anyone().query(() => 'fine')
`
const listing = `
import { anyone, signedIn } from '../server/trpc/procedure.ts'
import type { DeclaredKind } from '../shared/failures.ts'
declare const either: 'USERNAME_TAKEN' | 'USERNAME_HELD'
declare const all: DeclaredKind[]
const few = ['PROFILE_CHANGED', 'USERNAME_HELD'] as const
const payload = { username: 'neo', suggestions: [], until: '' }
export const listed = anyone(...few).query(({ ctx }) => ctx.fail('USERNAME_HELD', payload))
export const none = anyone().query(() => 'fine')
export const one = signedIn('PROFILE_CHANGED').query(({ ctx }) => ctx.fail('PROFILE_CHANGED', {}))
export const two = anyone('USERNAME_TAKEN', 'USERNAME_HELD').query(({ ctx }) => {
  return ctx.fail('USERNAME_TAKEN', payload)
})
export const handlers: unknown[] = [either, all]
`
const ofAnything = `
import { failureOf, match } from '../client/index.ts'
declare const known: { readonly data?: { readonly kind: 'SIGNED_OUT' } }
declare const texts: { readonly data?: { readonly kind: string } }
declare const anything: ReturnType<typeof JSON.parse>
match(known, { SIGNED_OUT: () => '', otherwise: () => '' })
export const kinds = [failureOf(texts).kind, failureOf(anything).kind]
`

function source(path: string, here: RegExp, there: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll(here, there)
}
const failures = source('shared/failures.ts', /from '\.\//g, "from '../shared/")
const conflicts = source('server/trpc/conflicts.ts', /from '(\.\.?)\//g, "from '../server/trpc/$1/")

export const fixtures: readonly Fixture[] = [
  {
    mistake: 'a case that is missing',
    code: matching,
    change: [`  PROFILE_CHANGED: () => 'load again',\n`, ''],
    at: 'match(updateError, {',
    says: /'PROFILE_CHANGED' is missing/,
  },
  {
    mistake: 'a case that is impossible',
    code: matching,
    change: ['  PROFILE_NOT_FOUND:', `  USERNAME_TAKEN: () => '',\n  PROFILE_NOT_FOUND:`],
    at: 'USERNAME_TAKEN',
    says: /This call cannot end in USERNAME_TAKEN/,
  },
  {
    mistake: 'a case that is misspelt',
    code: matching,
    change: [`SIGNED_OUT: () => 'sign in'`, `SIGNEDOUT: () => 'sign in'`],
    at: 'SIGNEDOUT',
    says: /'SIGNEDOUT' does not exist/,
  },
  {
    mistake: 'a common case that is misspelt',
    code: matching,
    change: ['  PROFILE_NOT_FOUND:', `  RATE_LIMIT: () => '',\n  PROFILE_NOT_FOUND:`],
    at: 'RATE_LIMIT:',
    says: /This call cannot end in RATE_LIMIT/,
  },
  {
    mistake: 'a payload of another failure',
    code: matching,
    change: ['payload.username', 'payload.suggestions'],
    at: 'payload.suggestions',
    says: /'suggestions' does not exist/,
  },
  {
    mistake: 'a field of a payload that is empty',
    code: matching,
    change: [`SIGNED_OUT: () => 'sign in'`, `SIGNED_OUT: ({ payload }) => payload.reason`],
    at: 'payload.reason',
    says: /'reason' does not exist/,
  },
  {
    mistake: 'no otherwise, and not all of the common cases',
    code: matching,
    change: [
      'payload.username,\n  otherwise: ({ message }) => message,',
      'payload.username,\n  NO_ANSWER: () => "",',
    ],
    at: 'match(getError, {',
    says: /'otherwise' is missing/,
  },
  {
    mistake: 'otherwise in place of a declared case',
    code: matching,
    change: ['  PROFILE_NOT_FOUND: ({ payload }) => payload.username,\n', ''],
    at: 'match(getError, {',
    says: /'PROFILE_NOT_FOUND' is missing/,
  },
  {
    mistake: 'an error of unknown origin',
    code: matching,
    change: ['match(getError,', 'match(getError as unknown,'],
    at: 'match(getError as unknown,',
    says: /'unknown' is not assignable to .*'object'/,
  },
  {
    mistake: 'a switch that forgets one',
    code: switching,
    change: [`  case 'PROFILE_CHANGED':\n`, ''],
    at: 'failure satisfies never',
    says: /PROFILE_CHANGED/,
  },
  {
    mistake: 'a procedure that ends in a failure it did not declare',
    code: serving,
    change: [`ctx.fail('PROFILE_NOT_FOUND', { username: 'neo' })`, `ctx.fail('PROFILE_CHANGED', {})`],
    at: 'PROFILE_CHANGED',
    says: /"PROFILE_CHANGED"' is not assignable to .*"PROFILE_NOT_FOUND"/,
  },
  {
    mistake: 'a procedure that declares nothing, and ends in a failure',
    code: serving,
    change: [`anyone().query(() => 'fine')`, `anyone().query(({ ctx }) => ctx.fail('SIGNED_OUT', {}))`],
    at: 'export const silent',
    says: /"SIGNED_OUT"' is not assignable to .*'never'/,
  },
  {
    mistake: 'a procedure that declares what is no failure',
    code: serving,
    change: [`anyone('PROFILE_NOT_FOUND')`, `anyone('PROFILE_LOST')`],
    at: 'PROFILE_LOST',
    says: /"PROFILE_LOST"' is not assignable/,
  },
  {
    mistake: 'a procedure that throws a payload of another failure',
    code: serving,
    change: [`{ username: 'neo' }`, `{ until: 'May' }`],
    at: 'May',
    says: /'until' does not exist/,
  },
  {
    mistake: 'a procedure that declares by its type alone',
    code: listing,
    change: [
      `none = anyone().query(() => 'fine')`,
      `none = anyone<['PROFILE_CHANGED']>().query(({ ctx }) => ctx.fail('PROFILE_CHANGED', {}))`,
    ],
    at: 'export const none =',
    says: /Expected 1 arguments, but got 0/,
  },
  {
    mistake: 'a procedure that declares a union by its type alone',
    code: listing,
    change: [
      `none = anyone().query(() => 'fine')`,
      `none = anyone<'PROFILE_CHANGED'>().query(({ ctx }) => ctx.fail('PROFILE_CHANGED', {}))`,
    ],
    at: 'export const none =',
    says: /does not satisfy the constraint/,
  },
  {
    mistake: 'a procedure that declares one of several lists',
    code: listing,
    change: [`anyone().query`, `anyone<[] | ['PROFILE_CHANGED']>().query`],
    at: 'export const none =',
    says: /Expected at least 1 arguments, but got 0/,
  },
  {
    mistake: 'a procedure that declares one of two, whichever it is',
    code: listing,
    change: [`anyone().query`, 'anyone(either).query'],
    at: 'export const none =',
    says: /is not assignable to parameter of type 'never'/,
  },
  {
    mistake: 'a procedure for people who are signed in that declares one of two',
    code: listing,
    change: [`signedIn('PROFILE_CHANGED')`, `signedIn('PROFILE_CHANGED', either)`],
    at: 'export const one =',
    says: /is not assignable to parameter of type 'never'/,
  },
  {
    mistake: 'a procedure that declares a list of which nobody knows what is in it',
    code: listing,
    change: [`anyone().query`, 'anyone(...all).query'],
    at: 'export const none =',
    says: /spread argument must either have a tuple type/,
  },
  {
    mistake: 'a procedure that ends in one of two, with the payload of one',
    code: listing,
    change: [`ctx.fail('USERNAME_TAKEN', payload)`, `ctx.fail(either, { username: '', suggestions: [] })`],
    at: 'ctx.fail(either',
    says: /is not assignable to parameter of type 'never'/,
  },
  {
    mistake: 'no more than otherwise for an error that can be anything',
    code: ofAnything,
    change: [`match(known, { SIGNED_OUT: () => '',`, 'match(anything, {'],
    at: 'match(anything',
    says: /is missing/,
  },
  {
    mistake: 'no more than otherwise for an error of which the kind is a text',
    code: ofAnything,
    change: [`match(known, { SIGNED_OUT: () => '',`, `match(texts, {`],
    at: 'match(texts',
    says: /is missing/,
  },
  {
    mistake: 'a failure with a Date for a payload, which JSON would turn into a text',
    code: failures,
    change: ['until: instant', 'until: z.date()'],
    at: 'until: z.date()',
    says: /Date/,
  },
  {
    mistake: 'a failure with a code that is none of ours',
    code: failures,
    change: [`code: 'UNAUTHORIZED'`, `code: 'TEAPOT'`],
    at: 'TEAPOT',
    says: /"TEAPOT"' is not assignable/,
  },
  {
    mistake: 'a conflict on a field that is not unique',
    code: conflicts,
    change: [`field: 'key'`, `field: 'display'`],
    at: `field: 'display'`,
    says: /"display"' is not assignable to .*"key"/,
  },
  {
    mistake: 'a conflict with the payload of another failure',
    code: conflicts,
    change: ['payload: () => ({})', 'payload: () => ({ username: 7 })'],
    at: 'username: 7',
    says: /not assignable/,
  },
]
