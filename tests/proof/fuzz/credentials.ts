import fc from 'fast-check'
import type { Header } from './request.ts'

/** Somebody who is signed in, as their browser and their programs say so. */
export interface Who {
  /** `name=value` of the session cookie. */
  readonly session: string
  /** The same for the pass beside it, as good as one that was just given. */
  pass(): string
  readonly token: string
}

/** How a request says who sends it, in numbers that a failure can print. */
export interface Credentials {
  readonly way: Way
  readonly who: number
  readonly other: number
  /** What is cut, changed or repeated, where something is. */
  readonly at: number
  readonly text: string
}

interface Given {
  readonly mine: Who
  readonly theirs: Who
  readonly at: number
  readonly text: string
}

const cookie = (value: string): Header => ['cookie', value]
const bearer = (value: string): Header => ['authorization', `Bearer ${value}`]
const cut = (text: string, at: number) => text.slice(0, at % text.length)
const valueIn = (pair: string) => pair.slice(pair.indexOf('=') + 1)
const nameOf = (pair: string) => pair.slice(0, pair.indexOf('='))
const signatureOf = (token: string) => token.slice(token.lastIndexOf('.') + 1)

function changed(text: string, at: number): string {
  const place = at % text.length
  return `${text.slice(0, place)}${text[place] === 'a' ? 'b' : 'a'}${text.slice(place + 1)}`
}

const good = {
  cookie: ({ mine }: Given) => [cookie(mine.session)],
  'cookie and pass': ({ mine }: Given) => [cookie(`${mine.session}; ${mine.pass()}`)],
  token: ({ mine }: Given) => [bearer(mine.token)],
}

const bad = {
  'a cookie cut short': ({ mine, at }: Given) => [cookie(cut(mine.session, at))],
  'a token cut short': ({ mine, at }: Given) => [bearer(cut(mine.token, at))],
  'a pass cut short': ({ mine, at }: Given) => [cookie(`${mine.session}; ${cut(mine.pass(), at)}`)],
  'a changed cookie': ({ mine, at }: Given) => [cookie(changed(mine.session, at))],
  'a changed token': ({ mine, at }: Given) => [bearer(changed(mine.token, at))],
  'a changed pass': ({ mine, at }: Given) => [cookie(`${mine.session}; ${changed(mine.pass(), at)}`)],
  'the pass of another': ({ mine, theirs }: Given) => [cookie(`${mine.session}; ${theirs.pass()}`)],
  'the signature of another': ({ mine, theirs }: Given) => [
    bearer(mine.token.replace(signatureOf(mine.token), signatureOf(theirs.token))),
  ],
  'a pass for a cookie': ({ mine }: Given) => [cookie(`${nameOf(mine.session)}=${valueIn(mine.pass())}`)],
  'a cookie for a pass': ({ mine }: Given) => [cookie(`${nameOf(mine.pass())}=${valueIn(mine.session)}`)],
  'a cookie of rubbish': ({ mine, text }: Given) => [cookie(`${nameOf(mine.session)}=${text}`)],
  'a pass of rubbish': ({ mine, text }: Given) => [cookie(`${mine.session}; ${nameOf(mine.pass())}=${text}`)],
  'a token of rubbish': ({ text }: Given) => [bearer(text)],
  'another scheme': ({ text }: Given): Header[] => [['authorization', text]],
  'rubbish for cookies': ({ text }: Given) => [cookie(text)],
  'a token without its signature': ({ mine }: Given) => [bearer(mine.token.split('.')[0] ?? '')],
  'a cookie and the token of another': ({ mine, theirs }: Given) => [
    cookie(mine.session),
    bearer(theirs.token),
  ],
  'two cookies of one name': ({ mine, theirs }: Given) => [cookie(`${mine.session}; ${theirs.session}`)],
  'two headers of cookies': ({ mine, theirs }: Given) => [cookie(mine.session), cookie(theirs.session)],
  'two tokens': ({ mine, theirs }: Given) => [bearer(mine.token), bearer(theirs.token)],
  'thousands of cookies': ({ mine, at, text }: Given) => [
    cookie(`${`${text.slice(0, 3) || 'a'}=1; `.repeat(at % 3000)}${mine.session}`),
  ],
}

const ways = { nobody: () => [], ...good, ...bad }
type Way = keyof typeof ways
const waysOf = (table: object) => Object.keys(table) as Way[]

export function headersOf({ way, who, other, at, text }: Credentials, people: readonly Who[]): Header[] {
  const mine = people[who % people.length]
  const theirs = people[other % people.length]
  if (mine === undefined || theirs === undefined) throw new Error('there are no people')
  return ways[way]({ mine, theirs, at, text })
}

/** Characters that a header may hold (RFC 9110, 5.5). */
export const headerText = (maxLength = 40) =>
  fc.string({
    unit: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...'ab01.;=,"% /+-_\\{}[]()<>@:?&') },
      { weight: 1, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) },
      { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)) },
    ),
    maxLength,
  })

function credentialsBy(way: fc.Arbitrary<Way>): fc.Arbitrary<Credentials> {
  return fc.record({ way, who: fc.nat(5), other: fc.nat(5), at: fc.nat(9999), text: headerText() })
}

/** Somebody who is who they say, or nobody. */
export const honest = credentialsBy(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<Way>('nobody') },
    { weight: 3, arbitrary: fc.constantFrom(...waysOf(good)) },
  ),
)
/** Somebody who may be trying something. */
export const dubious = credentialsBy(fc.constantFrom(...waysOf(ways)))
