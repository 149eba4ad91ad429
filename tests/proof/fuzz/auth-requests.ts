import fc from 'fast-check'
import { dubious } from './credentials.ts'
import { anyHeaders } from './headers.ts'
import { anyJson } from './json.ts'
import type { Header, Request } from './request.ts'
import { anyText } from './texts.ts'

const fields = [
  ...['email', 'password', 'name', 'image', 'callbackURL', 'token', 'newPassword', 'currentPassword'],
  ...['newEmail', 'userId', 'providerId', 'accountId', 'provider', 'idToken', 'rememberMe', 'redirectTo'],
  ...['revokeOtherSessions', 'disableRedirect', 'scopes', 'id', 'emailVerified', 'createdAt', '__proto__'],
]
const usual = fc.constantFrom<unknown>(
  ...['somebody@people.example', 'SOMEBODY@people.example', 'a@b', 'correct horse battery', 'short'],
  ...['http://localhost:3000/', '/here', '//stranger.example', 'https://stranger.example', 'javascript:1'],
  ...[true, null, 7, [], {}, ['a'], { toString: 'x' }, 'github', 'credential', 'a'.repeat(300)],
)
const value = fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: anyText })
const content = fc
  .array(fc.tuple(fc.constantFrom(...fields), value), { maxLength: 5 })
  .map(
    (entries) =>
      `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`,
  )
const signUp = value.map((one) =>
  JSON.stringify({ email: one, password: 'correct horse battery', name: one, image: one }),
)
const search = fc
  .array(fc.tuple(fc.constantFrom(...fields), value), { maxLength: 3 })
  .map((pairs) => pairs.map(([key, one]) => `${key}=${encodeURIComponent(asText(one))}`))
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`))

function asText(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()
}

/** Requests to these paths below `/api/auth`, for anything that they may be asked for. */
export function authRequests(paths: readonly string[]): fc.Arbitrary<Request> {
  const json: Header = ['content-type', 'application/json']
  const path = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...paths) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('/sign-up/email', '/sign-in/email', '/sign-out', '/get-session'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '/', '/%00', '/nope', '/callback/x', '/sign-in/email/', '/..'),
    },
  )
  return fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'OPTIONS', 'DELETE'),
      path,
      search: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: search }),
      more: fc.option(anyHeaders, { freq: 2 }),
      credentials: dubious,
      body: fc.oneof(
        { weight: 4, arbitrary: content },
        { weight: 1, arbitrary: signUp },
        { weight: 1, arbitrary: anyJson },
      ),
      framing: fc.constantFrom<Request['framing']>('length', 'chunks'),
    })
    .map(({ method, path, search, more, credentials, body, framing }) => ({
      method,
      target: `/api/auth${path}${search}`,
      headers: more ?? [json],
      credentials,
      framing,
      ...(method === 'POST' && { body }),
    }))
}
