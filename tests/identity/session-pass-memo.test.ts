import crypto from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPasses, type Passes } from '../../server/session-pass.ts'

describe('a genuine pass', () => {
  const start = Date.UTC(2026, 10, 28)
  let now: number
  let passes: Passes
  beforeEach(() => {
    now = start
    passes = createPasses({
      secret: 'Xw3nGq8sVb5kTz2mRj7pLc4dHy9fAe6u',
      sessionCookie: 'session',
      passCookie: 'pass',
      secure: false,
      now: () => now,
    })
  })
  afterEach(() => void vi.restoreAllMocks())

  /** The cookies of a browser in which somebody has a session, and a pass for it. */
  function cookiesOf(id: string): string {
    const session = `session=token-of-${id}.signature`
    const person = { id, name: 'Neo' }
    const expiresAt = new Date(start + 60_000)
    return `${session}; ${passes.issue(session, { token: `token-of-${id}`, expiresAt, person })?.split(';')[0]}`
  }

  /** How many signatures are verified by some work. */
  function verifiedBy(work: () => void): number {
    const verify = vi.spyOn(crypto, 'createHmac')
    work()
    const { length } = verify.mock.calls
    verify.mockRestore()
    return length
  }

  const hold = (cookies: string, id = 'neo') => expect(passes.holder(cookies)).toMatchObject({ id })
  const holdNot = (cookies: string) => expect(passes.holder(cookies)).toBeNull()

  test('is verified once while it holds', () => {
    const cookies = cookiesOf('neo')
    expect(verifiedBy(() => hold(cookies))).toBe(1)
    expect(verifiedBy(() => hold(cookies))).toBe(0)
    now += 10_000
    holdNot(cookies)
    now = start - 60_000
    holdNot(cookies)
  })

  test('is of whom it was made for, whoever else is remembered', () => {
    const people = ['neo', 'trinity', 'smith'].map((id) => ({ id, cookies: cookiesOf(id) }))
    const holdAll = () => {
      for (const { id, cookies } of people) hold(cookies, id)
    }
    expect(verifiedBy(holdAll)).toBe(3)
    expect(verifiedBy(holdAll)).toBe(0)
  })

  test('does not let in what is like it, which is verified each time', () => {
    const cookies = cookiesOf('neo')
    hold(cookies)
    for (const like of [`${cookies}A`, cookies.replace('token-of-neo', 'token-of-smith')]) {
      for (let turn = 0; turn < 2; turn++) expect(verifiedBy(() => holdNot(like))).toBeGreaterThan(0)
    }
  })

  test('is remembered no more than others that came later', () => {
    const cookies = cookiesOf('neo')
    hold(cookies)
    for (let other = 0; other < 5000; other++) hold(cookiesOf(`other-${other}`), `other-${other}`)
    expect(verifiedBy(() => hold(cookies))).toBe(1)
  })

  test('is not remembered with cookies beside it that would take up memory', () => {
    const cookies = `${cookiesOf('neo')}; other=${'x'.repeat(4000)}`
    for (let turn = 0; turn < 2; turn++) expect(verifiedBy(() => hold(cookies))).toBe(1)
  })

  test('that is over is not remembered', () => {
    const cookies = cookiesOf('neo')
    now += 10_000
    for (let turn = 0; turn < 2; turn++) expect(verifiedBy(() => holdNot(cookies))).toBe(1)
  })
})
