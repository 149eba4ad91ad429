import { setFlagsFromString } from 'node:v8'
import { initTRPC } from '@trpc/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { callProcedure } from '../../../server/http/lean-procedure.ts'
import { OneCall } from '../../../server/http/lean-request.ts'

setFlagsFromString('--allow-natives-syntax')
const isFast = new Function('object', 'return %HasFastProperties(object)') as (object: unknown) => boolean

const t = initTRPC.create()
const told: unknown[] = []
const procedure = t.procedure
  .use((options) => {
    told.push(options)
    return options.next()
  })
  .query(() => 'done')

function oneCall(): OneCall {
  const getRawInput = async () => undefined
  const call = { batchIndex: 0, path: 'x', procedure, getRawInput, result: () => undefined }
  return new OneCall(call, 'query', { raw: {} } as FastifyRequest, { raw: {} } as FastifyReply)
}

// As dictionaries they take half of what the route can answer.
test('what a call is told of its request is no dictionary', async () => {
  for (const info of [oneCall(), oneCall()]) {
    expect(isFast(info)).toBe(true)
    const getRawInput = async () => undefined
    await callProcedure(procedure, { path: 'x', type: 'query', ctx: {}, info, getRawInput })
  }
  expect(told.map(isFast)).toEqual([true, true])
})

test('an object literal with accessors would be one', () => {
  const literal = (value: number) => ({
    get value() {
      return value
    },
  })
  expect([literal(1), literal(2)].map(isFast)).toEqual([false, false])
})
