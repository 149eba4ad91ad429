import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSeed } from '../../race/random.ts'
import { singleCalls } from './calls.ts'
import { type Before, type Served, serve } from './served.ts'
import { tryWhole } from './trial.ts'

/** Puts other words of the same length in the place of some that a server sends. */
function saying(words: string, others: string): Before {
  return (_request, response, goOn) => {
    const end: (text: unknown) => ServerResponse = response.end.bind(response)
    response.end = (text?: unknown) => end(typeof text === 'string' ? text.replace(words, others) : text)
    goOn()
  }
}

/** What makes a server wrong, what is to be said of it, and after how many looks if not the usual. */
const wrong: Readonly<Record<string, readonly [(served: Served) => Before, RegExp, patience?: number]>> = {
  'says what is underneath': [
    () => saying('The input is not valid.', 'prisma.username.create('),
    /an internal word/,
  ],
  'has another form for what it refuses': [() => saying('INVALID_INPUT', 'INVALID_THING'), /no envelope/],
  'does what it refuses': [
    ({ database }) =>
      async ({ method }, _response, goOn) => {
        const [id, expiresAt] = [randomUUID(), new Date()]
        const data = { id, identifier: id, value: id, expiresAt }
        if (method === 'POST') await database.prisma.verification.create({ data })
        goOn()
      },
    /other rows/,
  ],
  'never answers': [
    () =>
      ({ method }, _response, goOn) =>
        method === 'GET' && goOn(),
    /no end of the answer/,
    20,
  ],
  'hangs up': [
    () =>
      ({ socket, method }, _response, goOn) =>
        method === 'GET' ? goOn() : socket.destroy(),
    /0 answers/,
  ],
  'logs a mistake of its own': [
    ({ log }) =>
      (_request, _response, goOn) => {
        log.error('defect')
        goOn()
      },
    /"defect"/,
  ],
  'tells no request id': [
    () => (_request, response, goOn) => {
      const writeHead = response.writeHead.bind(response)
      response.writeHead = (status: number, ...[headers]: unknown[]) => {
        const { 'x-request-id': _, ...others } = Object(headers)
        response.removeHeader('x-request-id')
        return writeHead(status, others)
      }
      goOn()
    },
    /no request id/,
  ],
}

const seed = newSeed()

describe(`what is noticed (seed ${seed})`, () => {
  let served: Served
  let before: Before
  beforeAll(async () => {
    served = await serve('embedded', (...given) => before(...given))
  })
  afterAll(() => served?.close())

  async function expectNoticed(said: RegExp, patience?: number) {
    const property = fc.asyncProperty(singleCalls, async (request) => {
      expect(await tryWhole(served, request, patience)).toEqual([])
    })
    const { failed, errorInstance } = await fc.check(property, { seed, numRuns: 200, endOnFailure: true })
    expect(failed).toBe(true)
    expect(errorInstance).toMatchObject({ actual: expect.arrayContaining([expect.stringMatching(said)]) })
  }

  test.each(Object.entries(wrong))('a server that %s', async (_what, [spoil, said, patience]) => {
    before = spoil(served)
    await expectNoticed(said, patience)
  })

  test('a server that has a defect', async () => {
    before = (_request, _response, goOn) => goOn()
    await served.database.prisma.$executeRaw`ALTER TABLE profiles RENAME COLUMN bio TO biography`
    await expectNoticed(/a 500/)
  })
})
