import fc from 'fast-check'

const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

/** Texts that are read as something else somewhere, or stored nowhere. */
const notorious = [
  ...['', ' ', '\0', 'ne\0o', '\ud800', '\udc00\ud800', 'neo\n', '\ufeffneo', '\u202eoen', 'a\u0301bc'],
  ...['ﬁrst', 'Kelvin', 'İstanbul', 'ſtrange', 'ｎｅｏ', 'neо', '__proto__', 'constructor', 'toString'],
  ...['hasOwnProperty', 'null', 'undefined', 'NaN', 'true', '-1', '1e999', "' OR 1=1 --", '"; DROP', '$1'],
  ...['%00', '%2e%2e/', '../../../etc/passwd', '<script>', '\x1b[31m', '{{7*7}}', '😀'.repeat(20)],
  ...['admin', 'support', 'a'.repeat(50), 'a'.repeat(51), '-'.repeat(50), '_-_', 'x'.repeat(4000)],
]

/** Names that people fight over: few, and most of them valid. */
export const name = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...'aAl1-'), minLength: 3, maxLength: 4 }) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...'abcXYZ0Il-_'), maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom(...notorious) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ unit: anyUnit, maxLength: 60 }) },
)

/** Any text at all, mostly short. */
export const anyText = fc.oneof(
  { weight: 2, arbitrary: name },
  { weight: 2, arbitrary: fc.string({ unit: anyUnit }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 600 }) },
)

/** From as long as is allowed to a megabyte. */
export const hugeText = fc
  .tuple(
    fc.constantFrom('a', 'é', '\0', '\ud800', '"', '😀'),
    fc.constantFrom(500, 5000, 5000, 33_000, 33_000, 1_000_000),
  )
  .map(([unit, length]) => unit.repeat(length / unit.length))
