import type { AnyTRPCRouter } from '@trpc/server'
import type { Sent } from './exchange.ts'
import { everyRouter } from './router.ts'

const json = { 'content-type': 'application/json' }
const encoded = (input: unknown) =>
  encodeURIComponent(typeof input === 'string' ? input : JSON.stringify(input))

/** A query as tRPC's links send it; a text is sent as it is. */
export function asked(path: string, input?: unknown, headers?: Sent['headers']): Sent {
  const search = input === undefined ? '' : `?input=${encoded(input)}`
  return { method: 'GET', target: `/trpc/${path}${search}`, ...(headers && { headers }) }
}

/** A mutation as tRPC's links send it; a text or bytes are sent as they are. */
export function told(path: string, body?: unknown, headers: Sent['headers'] = json): Sent {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return { method: 'POST', target: `/trpc/${path}`, headers, ...(bytes !== undefined && { body: bytes }) }
}

const everyPath = Object.keys((everyRouter() as AnyTRPCRouter)._def.procedures).filter(
  (path) => path !== 'watch',
)
const inputs: readonly unknown[] = [
  undefined,
  { name: 'ne' },
  { name: 'n' },
  { name: 'neo', at: '2020-01-01' },
  { name: 'neo', at: 'never', more: 'x' },
  'null',
  '"string"',
  '"refusal"',
  '"CONFLICT"',
  '"TOO_MANY_REQUESTS"',
  '204',
  '1000',
  '{"box":{"name":"neo"}}',
  '{"box":"broken"}',
  '{"box":"refused"}',
  '',
  '{',
  '[1,2',
  '"ünï 😀 \\ud800"',
  '{"__proto__":{"name":"neo"}}',
]

const callsWith = (some: readonly unknown[], paths = everyPath): readonly Sent[] =>
  paths.flatMap((path) =>
    some.flatMap((input) => [asked(encodeURIComponent(path), input), told(encodeURIComponent(path), input)]),
  )

const takesInput = /^inputs|^change|Code|status|Input/i
/** The procedures that do something with their input by either method, with each of these. */
export const callsWithEveryInput = callsWith(
  inputs,
  everyPath.filter((path) => takesInput.test(path)),
)
/** Every procedure by either method. */
export const calls = callsWith(inputs.slice(1, 2))

const anyPath = 'inputs.any'
const some = asked(anyPath, { a: 1 })
const change = told('change.any', { a: 1 })
const at = (sent: Sent, target: string): Sent => ({ ...sent, target })
const by = (sent: Sent, headers: Sent['headers']): Sent => ({
  ...sent,
  headers: { ...sent.headers, ...headers },
})

/** What there is to a request beside its procedure and its input. */
export const odd: readonly Sent[] = [
  // Paths.
  ...[
    '',
    '/',
    'nope',
    'inputs',
    'inputs.',
    '.none',
    'inputs.none.',
    'inputs/none',
    'INPUTS.none',
    '__proto__',
  ],
  ...[
    'constructor',
    'inputs.constructor',
    'lazy',
    'lazy.one',
    'lazy.deep.two',
    'lazy.nope',
    'lazyAndBroken.x',
  ],
  ...[
    'inputs%2Enone',
    'inputs%252Enone',
    'inputs.none%',
    'inputs.none%25',
    'inputs.none%00',
    '%ff',
    'a%20b',
    'a,b',
  ],
  ...[
    'a%252Fb',
    'a%25252Fb',
    'inputs.none,inputs.none',
    'inputs.none%2Cinputs.none',
    '%C3%BCn%C3%AF',
    '\xfcn\xef',
  ],
  ...['inputs.none#x', 'inputs.none;x', 'inputs.none\\x', 'inputs.none?', 'inputs.none??', 'inputs.none?#'],
]
  .map((path) => at(some, `/trpc/${path}`))
  .concat(
    // Query strings.
    ...[
      'input',
      'input=',
      'input=&',
      'input=1&input=2',
      'input=&input=2',
      '&input=1',
      'x=1&input=1',
      'input=1&x=1',
      'Input=1',
      'inpu%74=1',
      '+input=1',
      'input=1=2',
      'input=%221+2%22',
      'input=%221%2B2%22',
      'input=%',
      'input=%2',
      'input=%zz',
      'input=%22%ff%22',
      'input=%22%ed%a0%80%22',
      'input=%22%00%22',
      'input=%EF%BB%BF1',
      'input="a b"'.replace(' ', '%20'),
      'input="\xe4"',
      'input="\xc3%A4"',
      "input='1'",
      'input=1#x',
      'input=1;x',
      'input=%0A1',
      'batch=1',
      'batch=1&input={"0":1}',
      'batch=0&input=1',
      'batch&input=1',
      'input=1&batch=1',
      'connectionParams={}',
      'connectionParams=null&input=1',
      'input=1&connectionParams={"a":"b"}',
      'input=1&connectionParams=',
      'lastEventId=1',
    ].map((search) => [
      at(some, `/trpc/${anyPath}?${search}`),
      at(told(`change.any`, '7'), `/trpc/change.any?${search}`),
      at(some, `/trpc/inputs.none?${search}`),
    ]),
    // Methods.
    ['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].flatMap((method) => [
      { ...some, method },
      { ...change, method },
      { ...change, method, headers: {} },
      { ...told(anyPath, 1), method },
      { method, target: '/trpc/change.none' },
    ]),
    // Content types.
    [
      'application/json; charset=utf-8',
      'application/json;charset=latin1',
      'APPLICATION/JSON',
      ' application/json ',
      'application/json;',
      'application/json ; x="y;z"',
      'application/jsonx',
      'application/problem+json',
      'application/json, text/plain',
      'text/plain',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/x-www-form-urlencoded',
      'nonsense',
      '',
    ].flatMap((type) => [by(some, { 'content-type': type }), by(change, { 'content-type': type })]),
    // What is accepted.
    [
      { accept: '*/*' },
      { accept: 'application/jsonl' },
      { accept: 'text/html, application/jsonl' },
      { accept: 'application/jsonl;q=1' },
      { accept: 'application/jsonlines' },
      { accept: '' },
      { 'trpc-accept': 'application/jsonl' },
      { 'trpc-accept': 'application/json' },
      { 'trpc-accept': 'text/event-stream' },
      { 'trpc-accept': '' },
      { 'trpc-accept': '', accept: 'application/jsonl' },
    ].flatMap((accepted) => [
      by(some, accepted),
      by(change, accepted),
      by(at(some, '/trpc/inputs.none?batch=1'), accepted),
    ]),
    // Hosts.
    [
      'localhost:3000',
      '127.0.0.1',
      '[::1]:80',
      '999.999.999.999',
      '1.2.3',
      'a b',
      'a@b',
      'a:b@c',
      'x:99999',
      'x:',
      '%',
      'a/b?c#d',
      'a_b',
      '-',
      '.',
      '..',
      'xn--',
      'b\xfccher',
      '',
    ].flatMap((host) => [by(some, { host }), by(change, { host })]),
    // Targets.
    ['http://elsewhere', 'http://a@elsewhere', 'https://elsewhere:1', 'elsewhere:'].map((origin) =>
      at(some, `${origin}/trpc/inputs.none`),
    ),
    ['//trpc/inputs.none', '/\\trpc/inputs.none', '/trpc//inputs.none', '/trpc/../trpc/inputs.none', '*'].map(
      (target) => at(some, target),
    ),
    // Bodies.
    [
      '',
      ' ',
      'null',
      'true',
      '"x"',
      '[]',
      '{}',
      '{"a":1}x',
      "{'a':1}",
      '\ufeff{"a":1}',
      '{"a":\ufeff1}',
      '"\ufeff"',
      '{"a":1,"a":2}',
      '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}',
      '"\u2028"',
      '1e999',
      '-0',
      '12345678901234567890',
      `${'['.repeat(500)}${']'.repeat(500)}`,
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from([0x22, 0x00, 0x22]),
      Buffer.from('"ä"', 'latin1'),
      Buffer.from('"ä"', 'utf16le'),
    ].flatMap((body) => [
      told('change.any', body),
      told('change.none', body),
      told('inputs.caught', body),
      told('change.any?batch=1', body),
    ]),
    // Bodies where none belongs.
    { ...some, body: '{"a":2}', headers: json },
    { ...some, body: 'x' },
  )
