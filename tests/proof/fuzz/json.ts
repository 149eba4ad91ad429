import fc from 'fast-check'
import * as z from 'zod'
import { anyText, hugeText, name } from './texts.ts'

/** As JSON Schema says what an input is: as much of it as inputs of ours use. */
const Schema = z.object({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
})

/** Values of a schema, most of them valid; undefined is for no input. */
export function valuesOf(input: z.core.$ZodType | undefined): fc.Arbitrary<unknown> {
  return input === undefined ? fc.constant(undefined) : aValue(z.toJSONSchema(input, { io: 'input' }))
}

function aValue(given: unknown, key = ''): fc.Arbitrary<unknown> {
  const schema = Schema.parse(given)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => aValue(one, key)))
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {})
      const fields = properties.map(([field, one]) => [field, aValue(one, field)] as const)
      return fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] })
    }
    case 'integer': {
      const { minimum = 0, maximum = 9 } = schema
      return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: minimum + 3 }))
    }
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.oneof({ weight: 5, arbitrary: textOf(schema, key) }, { weight: 1, arbitrary: anyText })
  }
}

function textOf({ format, pattern, maxLength = 200 }: z.output<typeof Schema>, key: string) {
  if (key === 'username') return name
  if (format === 'email') return fc.emailAddress()
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  return fc.oneof(fc.string({ maxLength }), name, fc.constantFrom('@aaa', '@AAA'))
}

const keys = [
  ...['username', 'idempotencyKey', 'version', 'bio', 'displayName', 'accentColour', 'before', 'limit'],
  ...['person', 'to', 'for', 'because', 'note', 'atOnce', 'at', 'email', 'password', 'name', 'token'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'toJSON', 'then', 'hasOwnProperty', 'length'],
  ...['json', 'meta', '0', '1', '-1', '20', '1e3', '', ' ', '$where', '\0'],
]
const strange = [
  ...['1e999', '-1e999', '1e-999', '-0', '9007199254740993', '2147483648', '0.1', '01', '0x1', '1.', '.1'],
  ...['NaN', 'Infinity', '-', 'null', 'true', 'nul', 'undefined', '""', '"', "'x'", '[]', '{}', '[,]', '{,}'],
  ...['"\\u0000"', '"\\ud800"', '"\\u00"', '"\\x00"', '"\t"', '\ufeff{}', '{}x', '{"a":1,}', '//', '/**/1'],
]
const anyKey = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: anyText })

function nested(open: string, close: string) {
  return fc.constantFrom(1, 30, 2000, 12_000).map((deep) => open.repeat(deep) + close.repeat(deep))
}

const scalar = fc.oneof(
  name.map((text) => JSON.stringify(text)),
  anyText.map((text) => JSON.stringify(text)),
  fc.constantFrom(...strange),
  fc.double().map((number) => String(number)),
  nested('[', ']'),
  nested('{"a":', '}').map((text) => text.replace(':}', ':1}')),
)

/** An object as it is written: with keys that come twice, or that every object has. */
function objectOf(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const entry = fc.tuple(anyKey, value).map(([key, text]) => `${JSON.stringify(key)}:${text}`)
  return fc.array(entry, { maxLength: 5 }).map((entries) => `{${entries.join(',')}}`)
}

/** What may be sent where JSON is asked for. */
export const anyJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: objectOf(scalar) },
  { weight: 2, arbitrary: objectOf(objectOf(scalar)) },
  { weight: 2, arbitrary: scalar },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'{}[]",:0e-tfn \\u'), maxLength: 20 }) },
)

/** JSON that is far too long. */
export const hugeJson = hugeText.map((text) => `{"username":${JSON.stringify(text)}}`)

/** An input of a procedure as it may be sent: mostly as asked for, else nearly so, or not at all. */
export function inputsFor(input: z.core.$ZodType | undefined): fc.Arbitrary<string | undefined> {
  const valid = valuesOf(input).map((value) => JSON.stringify(value) as string | undefined)
  const spoiled = fc.tuple(valid, anyKey, scalar).map(([text, key, value]) => {
    const entry = `${JSON.stringify(key)}:${value}`
    return text?.startsWith('{')
      ? text.replace(/^\{(?=(.))/, (_all, next) => (next === '}' ? `{${entry}` : `{${entry},`))
      : text
  })
  return fc.oneof(
    { weight: 6, arbitrary: valid },
    { weight: 2, arbitrary: spoiled },
    { weight: 2, arbitrary: anyJson },
  )
}
