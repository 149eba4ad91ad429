import { expect } from 'vitest'

/** Words of what is underneath. None may reach a caller. */
export const internals =
  /prisma|postgres|pglite|\bsql|constraint|relation|column|\bstack\b|node_modules|\.[mc]?[jt]s\b|\/(server|work|home|usr|dist)\/|\bat \S+ \(|ECONN|undici|fastify|FST_|trpcerror|better-?auth|P\d{4}\b/i

interface Answer {
  readonly statusCode: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

/** Asserts that an answer shows nothing of what is underneath. */
export function expectNoInternals(answer: Answer): void {
  expect(answer.body).not.toMatch(internals)
  // What is signed may spell anything.
  const { 'content-security-policy': _policy, 'set-cookie': _cookies, ...headers } = answer.headers
  expect(JSON.stringify(headers)).not.toMatch(internals)
  expect(answer.headers).not.toHaveProperty('x-powered-by')
}

/**
 * Asserts that a request was refused with this status and kind, in the one form that every
 * refusal has, under the request id that the header gives. Answers the error's data.
 */
export function expectRefusal(answer: Answer, status: number, kind: string) {
  expectNoInternals(answer)
  expect(answer.headers['content-type']).toMatch(/^application\/json\b/)
  expect(answer.headers['cache-control']).toBe('no-store')
  const body = JSON.parse(answer.body)
  const errors = [body].flat()
  for (const { error } of errors) {
    expect(Object.keys(error).sort()).toEqual(['code', 'data', 'message'])
    expect(error.code).toEqual(expect.any(Number))
    expect(error.data).toEqual({
      code: expect.any(String),
      httpStatus: status,
      kind,
      payload: error.data.payload,
      requestId: answer.headers['x-request-id'],
    })
    expect(error.data.requestId).toMatch(/^[0-9a-f-]{36}$/)
  }
  expect(answer.statusCode).toBe(status)
  return errors[0].error.data
}
