import { describe, expect, test } from 'vitest'
import { failureOf, match } from '../../client/index.ts'
import { failures, isFailureKind } from '../../shared/failures.ts'

const requestId = '3f1c'
const noAnswer = expect.objectContaining({ kind: 'NO_ANSWER', payload: null, requestId: undefined })
const message = 'A sentence of the server.'

/** An error as a client has it after this `data` came over the wire. */
function errorWith(data: unknown) {
  return { message, data: JSON.parse(JSON.stringify({ requestId, ...Object(data) })) }
}

/** As JSON.parse makes it: `__proto__` is a key of its own. */
function json(text: string): unknown {
  return JSON.parse(text)
}

describe('a failure of another version of the server', () => {
  test('that this build does not know reads as UNEXPECTED, with the request id and the sentence of the server', () => {
    const error = errorWith({ kind: 'USERNAME_IN_MOURNING', payload: { until: 'May' } })
    expect(failureOf(error)).toEqual({ kind: 'UNEXPECTED', payload: null, message, requestId })
  })

  test('with more in its payload reads as the part that is known', () => {
    const payload = { username: 'neo', suggestions: ['neo1'], price: 3 }
    expect(failureOf(errorWith({ kind: 'USERNAME_TAKEN', payload }))).toMatchObject({
      kind: 'USERNAME_TAKEN',
      payload: { username: 'neo', suggestions: ['neo1'] },
    })
    expect(failureOf(errorWith({ kind: 'USERNAME_TAKEN', payload })).payload).not.toHaveProperty('price')
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'neo'],
    ['a field less', { username: 'neo' }],
    ['a field of another type', { username: 'neo', suggestions: 'neo1' }],
    ['an array', []],
  ])('with %s for a payload that it does not fit reads as UNEXPECTED', (_, payload) => {
    const error = errorWith({ kind: 'USERNAME_TAKEN', payload })
    expect(failureOf(error)).toEqual({ kind: 'UNEXPECTED', payload: null, message, requestId })
  })

  test('of a known kind keeps the sentence of this build', () => {
    expect(failureOf(errorWith({ kind: 'UNEXPECTED', payload: null })).message).toBe(
      failures.UNEXPECTED.message,
    )
  })

  test('without a request id, or with one that is no text, reads with an empty one', () => {
    expect(failureOf({ data: { kind: 'NOT_FOUND', payload: null } }).requestId).toBe('')
    expect(failureOf({ data: { kind: 'NOT_FOUND', payload: null, requestId: 7 } }).requestId).toBe('')
  })
})

describe('an answer of a procedure that is none of Dibs', () => {
  test('reads as UNEXPECTED, with its sentence', () => {
    const data = { code: 'UNAUTHORIZED', httpStatus: 401, path: 'mine.secret' }
    expect(failureOf({ message, data })).toEqual({
      kind: 'UNEXPECTED',
      payload: null,
      message,
      requestId: '',
    })
  })
})

describe('a kind named like a part of every object', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'otherwise', 'then', ''])(
    '(%j) is unknown, and has no case',
    (kind) => {
      expect(isFailureKind(kind)).toBe(false)
      const error = { message, data: { kind, payload: null, requestId } }
      expect(failureOf(error)).toEqual({ kind: 'UNEXPECTED', payload: null, message, requestId })
      const ended = match<{ data: { kind: 'SIGNED_OUT' } }, Signed>(error as never, {
        SIGNED_OUT: () => 'signed out',
        otherwise: (failure) => failure.kind,
      })
      expect(ended).toBe('UNEXPECTED')
    },
  )

  type Signed = { SIGNED_OUT: () => string; otherwise: (failure: { kind: string }) => string }

  test('is not let through inside a payload', () => {
    const payload = json('{"username":"neo","suggestions":[],"__proto__":{"polluted":1}}')
    const failure = failureOf({ data: { kind: 'USERNAME_TAKEN', payload, requestId } })
    expect(failure).toMatchObject({ kind: 'USERNAME_TAKEN', payload: { username: 'neo' } })
    expect(Object.keys(Object(failure.payload))).toEqual(['username', 'suggestions'])
    expect(Object(failure.payload).polluted).toBeUndefined()
  })

  test('is not let through as the name of an invalid field', () => {
    const payload = json('{"fields":{"__proto__":["x"],"bio":["Too long"]},"form":[]}')
    const failure = failureOf({ data: { kind: 'INVALID_INPUT', payload, requestId } })
    expect(failure).toMatchObject({ kind: 'INVALID_INPUT', payload: { fields: { bio: ['Too long'] } } })
    expect(Object.getPrototypeOf(Object(failure.payload).fields)).toBe(Object.prototype)
  })
})

describe('what is no failure of a server', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'USERNAME_TAKEN'],
    ['a number', 409],
    ['a function', () => {}],
    ['an error', new Error('USERNAME_TAKEN')],
    ['an error with a null for data', Object.assign(new Error(), { data: null })],
    ['an error with a text for data', Object.assign(new Error(), { data: 'USERNAME_TAKEN' })],
    ['an error with an array for data', Object.assign(new Error(), { data: [] })],
    ['an error whose kind is no text', Object.assign(new Error(), { data: { kind: ['NOT_FOUND'] } })],
    ['an aborted request', new DOMException('aborted', 'AbortError')],
    ['an object without a prototype', Object.create(null)],
  ])('reads as NO_ANSWER: %s', (_, thrown) => {
    expect(failureOf(thrown as object)).toEqual(noAnswer)
    expect(match(thrown as { data: { kind: 'NOT_FOUND' } }, { otherwise: ({ kind }) => kind })).toBe(
      'NO_ANSWER',
    )
  })
})

describe('match', () => {
  type Get = { data: { kind: 'PROFILE_NOT_FOUND' } }
  const other = { data: { kind: 'PROFILE_CHANGED', payload: {}, requestId } } as unknown as Get

  test('treats a failure that another procedure declares as UNEXPECTED', () => {
    const seen = { PROFILE_NOT_FOUND: () => 'not found', otherwise: (failure: object) => failure }
    expect(match(other, seen)).toMatchObject({ kind: 'UNEXPECTED', requestId })
    const named = { PROFILE_NOT_FOUND: () => 'a', UNEXPECTED: () => 'b', otherwise: () => 'c' }
    expect(match(other, named)).toBe('b')
  })

  test('takes a case that is undefined for one that is left out', () => {
    const limited: Get = errorWith({ kind: 'RATE_LIMITED', payload: { retryAfterMs: 5 } })
    const kindOf = ({ kind }: { kind: string }) => kind
    const cases = { PROFILE_NOT_FOUND: kindOf, RATE_LIMITED: undefined as never, otherwise: kindOf }
    expect(match(limited, cases)).toBe('RATE_LIMITED')
  })

  test('says so when it is called without a case that the types demand', () => {
    expect(() => match(other, {} as never)).toThrow(
      'match was given no case for UNEXPECTED, and no otherwise',
    )
  })

  test('answers what the case answers, and throws what it throws', async () => {
    expect(await match(other, { PROFILE_NOT_FOUND: () => 1, otherwise: async () => 2 })).toBe(2)
    const wrong = new RangeError('mine')
    const throwing = () => {
      throw wrong
    }
    expect(() => match(other, { PROFILE_NOT_FOUND: () => 1, otherwise: throwing })).toThrow(wrong)
  })
})
