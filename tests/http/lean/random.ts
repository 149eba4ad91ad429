import fc from 'fast-check'
import type { Sent } from './exchange.ts'

/** One of these most of the time, else something near or far. */
const mostly = (usual: readonly string[], other: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: other })

/** What may stand in a request target, also where it makes no sense. */
const pieces = fc.array(
  fc.constantFrom(
    ...'ab=&?+.,;/\'"{}[]:1 \u00e4'.replace(' ', ''),
    '%',
    '%2',
    '%22',
    '%7B',
    '%25',
    '%C3%A4',
    '%ff',
    '%00',
    '%2C',
    '%EF%BB%BF',
  ),
  { maxLength: 8 },
)
const fragment = pieces.map((parts) => parts.join(''))

/** A text with some of its characters percent-encoded, once or twice. */
const encodedAnyhow = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.func(fc.nat(9))).map(([value, choose]) =>
    [...value]
      .map((character, at) => {
        const hex = character.charCodeAt(0).toString(16).padStart(2, '0')
        const how = choose(at)
        return how === 0 ? `%${hex}` : how === 1 ? `%25${hex}` : character
      })
      .join(''),
  )

const json = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.json({ maxDepth: 2, stringUnit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'{}[]",:0e-tfn \\u'), maxLength: 12 }),
)

function searchWith(inputs: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const input = inputs.map((text) => `input=${encodeURIComponent(text.toWellFormed())}`)
  const parameter = fc.oneof(
    { weight: 6, arbitrary: input },
    { weight: 1, arbitrary: fragment.map((text) => `input=${text}`) },
    { weight: 1, arbitrary: fragment },
    { weight: 1, arbitrary: fc.constantFrom('batch=1', 'batch=0', 'connectionParams=null', 'x=1') },
  )
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant('') },
    { weight: 5, arbitrary: parameter.map((one) => `?${one}`) },
    { weight: 1, arbitrary: fc.array(parameter, { maxLength: 3 }).map((all) => `?${all.join('&')}`) },
  )
}

const types = ['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'text/plain']
const hosts = ['localhost', 'localhost:3000', '127.0.0.1', '[::1]', 'a@b', '%', '']

/** Requests for these procedures, most of them as tRPC's links send them, and some by nobody's book. */
export function requestsFor(
  paths: readonly string[],
  inputs: fc.Arbitrary<string> = json,
): fc.Arbitrary<Sent> {
  const path = mostly(paths, fc.oneof(encodedAnyhow(fc.constantFrom(...paths)), fragment))
  const headers = fc.record(
    {
      'content-type': mostly(types, fc.string({ unit: fc.constantFrom(...'ajon/; ='), maxLength: 20 })),
      accept: fc.constantFrom('*/*', 'application/json', 'text/html, application/jsonl'),
      host: mostly(['localhost'], fc.constantFrom(...hosts)),
    },
    { requiredKeys: ['content-type'] },
  )
  const got = fc.record({
    method: mostly(['GET'], fc.constantFrom('HEAD', 'PUT', 'DELETE')),
    target: fc.tuple(path, searchWith(inputs)).map(([to, search]) => `/trpc/${to}${search}`),
    headers,
  })
  const posted = fc.record({
    method: fc.constant('POST'),
    target: fc.tuple(path, mostly([''], searchWith(inputs))).map(([to, search]) => `/trpc/${to}${search}`),
    headers,
    body: fc.oneof(
      { weight: 6, arbitrary: inputs },
      { weight: 1, arbitrary: inputs.map((text) => `\ufeff${text}`) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)) },
    ),
  })
  return fc.oneof(got, posted)
}
