import fc from 'fast-check'
import { dubious } from './credentials.ts'
import { anyHeaders } from './headers.ts'
import { anyJson } from './json.ts'
import type { Request } from './request.ts'
import { name } from './texts.ts'

const places = [
  ...['/', '/index.html', '/assets/app.js', '/assets/', '/assets', '/favicon.ico', '/robots.txt'],
  ...['/healthz', '/readyz', '/healthz/', '/trpc', '/trpc/', '/trpc/profile.me', '/trpc/profile.get'],
  ...['/trpc/profile.watchUsername', '/trpc/profile', '/trpc/__proto__', '/api', '/api/auth', '/api/auth/'],
  ...['/api/auth/get-session', '/api/auth/ok', '/api/auth/error', '/@', '/@aaa', '/%40aaa', '/.env', '*', ''],
]
const bits = [
  ...[
    '/',
    '//',
    '/..',
    '/.',
    '\\',
    '%2f',
    '%2F..',
    '%5c',
    '%2e%2e',
    '%252e',
    '%00',
    '%',
    '%zz',
    '%ff',
    '%C3',
  ],
  ...['?', '??', '&', '=', '#', ';', ',', '%2C', '%252C', '@', ':', '+', '%20', '%0d%0a', '\xe9', 'a', '0'],
  ...['?input=', '?input=%7B%7D', '?batch=1', '&input=1', '?connectionParams=1', '?__proto__=1', '?a[b]=c'],
]

/** A text with some of its characters percent-encoded. */
const encoded = name.map((text) => encodeURIComponent(text.toWellFormed()))
const target = fc
  .tuple(
    fc.constantFrom('', '', '', '', 'http://localhost', 'https://stranger.example:1', '//stranger.example'),
    fc.oneof(
      fc.constantFrom(...places),
      encoded.map((text) => `/@${text}`),
      encoded.map((text) => `/${text}`),
    ),
    fc.array(fc.constantFrom(...bits), { maxLength: 4 }),
    fc.constantFrom('', '', '', 'x'.repeat(3000), ','.repeat(500), '/a'.repeat(500)),
  )
  // What has a space is no target.
  .map((parts) => parts.flat().join('').replaceAll(' ', '+'))
  .map((text) => text || '/')

const methods = [
  ...['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'],
  ...['SEARCH', 'PURGE', 'M-SEARCH', 'QUERY'],
]

/** Requests for anything, by any method. */
export const anyAddress: fc.Arbitrary<Request> = fc.record(
  {
    method: fc.constantFrom(...methods),
    target,
    headers: anyHeaders,
    credentials: dubious,
    body: fc.oneof(anyJson, fc.uint8Array({ maxLength: 64 })),
    framing: fc.constantFrom('length' as const, 'chunks' as const),
  },
  { requiredKeys: ['method', 'target', 'headers', 'credentials', 'framing'] },
)
