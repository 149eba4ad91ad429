import fc from 'fast-check'
import { headerText } from './credentials.ts'
import type { Header } from './request.ts'

const values: Readonly<Record<string, readonly string[]>> = {
  'content-type': [
    ...['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;'],
    ...['application/json; charset=latin1', 'application/json; charset=utf-7', 'application/json; charset="'],
    ...['multipart/form-data', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'],
    ...['text/plain', 'text/plain; application/json', 'application/octet-stream', 'application/problem+json'],
    ...['application/json, text/plain', 'a/b', '/', ';', ''],
  ],
  accept: ['*/*', 'text/html', 'application/jsonl', 'text/event-stream', 'application/json;q=0', ''],
  'trpc-accept': ['application/jsonl', 'text/event-stream', '', 'application/json'],
  origin: ['http://localhost:3000', 'https://friend.example', 'https://stranger.example', 'null', ''],
  'sec-fetch-site': ['same-origin', 'cross-site', 'none', ''],
  host: ['localhost:3000', '', 'a b', '[::1', 'x:99999', 'a/b?c#d@e', '%', '\xfc', 'localhost\\'],
  'x-forwarded-for': ['::1', '1.2.3.4, 5.6.7.8', '%', '[::1]:80', 'fe80::1%eth0', "'; DROP TABLE"],
  'x-forwarded-proto': ['https', 'javascript', ''],
  'x-forwarded-host': ['stranger.example', '%'],
  'x-dibs-address': ['1.2.3.4', '\xff'],
  'idempotency-key': ['"a"', 'a', '"a', '""', '"a";b=1', 'a, b', '"\\x"', 'a'.repeat(256), '?1', ':YQ==:'],
  'if-none-match': ['*', '"x"', 'W/"x"', '"'],
  'if-modified-since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'never', '9999999999'],
  range: ['bytes=0-', 'bytes=-1', 'bytes=9999-', 'bytes=0-0,2-3', 'bytes=a-b', 'lines=1-2'],
  expect: ['100-continue', 'miracles', ''],
  upgrade: ['websocket', 'h2c'],
  'http2-settings': ['AAMAAABkAARAAAAAAAIAAAAA'],
  te: ['trailers', 'chunked'],
  'content-encoding': ['gzip', 'br', 'identity'],
  'accept-encoding': ['gzip', 'identity;q=0', '*;q=0'],
  'last-event-id': ['7', '\xff'],
  'access-control-request-method': ['POST', 'TRACE', ''],
  'access-control-request-headers': ['content-type', '\xff'],
  'x-http-method-override': ['DELETE', 'POST'],
  'x-request-id': ['mine', '__proto__'],
  // Computed, since otherwise it would be the prototype.
  ['__proto__']: ['x'],
  constructor: ['x'],
}

const known = fc
  .constantFrom(...Object.entries(values))
  .chain(([name, some]) =>
    fc
      .oneof({ weight: 4, arbitrary: fc.constantFrom(...some) }, { weight: 1, arbitrary: headerText(200) })
      .map((value): Header => [name, value]),
  )
const unknown = fc.tuple(
  fc.string({ unit: fc.constantFrom(..."abz09!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 20 }),
  headerText(200),
)

/** Headers that mean something somewhere, in any number, some of them twice. */
export const anyHeaders: fc.Arbitrary<Header[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: unknown }),
  { maxLength: 8 },
)
