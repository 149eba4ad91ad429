import type { AnyTRPCRouter } from '@trpc/server'
import { asked, told } from './as-links-send.ts'
import type { Sent } from './exchange.ts'
import { everyRouter } from './router.ts'

const everyPath = Object.keys((everyRouter() as AnyTRPCRouter)._def.procedures).filter(
  (path) => path !== 'watch',
)
const inputs: readonly unknown[] = [
  undefined,
  { name: 'ne' },
  { name: 'n' },
  { name: 'neo', at: '2020-01-01' },
  { name: 'neo', at: 'never', more: 'x' },
  'null',
  '"string"',
  '"refusal"',
  '"CONFLICT"',
  '"TOO_MANY_REQUESTS"',
  '204',
  '1000',
  '{"box":{"name":"neo"}}',
  '{"box":"broken"}',
  '{"box":"refused"}',
  '',
  '{',
  '[1,2',
  '"ünï 😀 \\ud800"',
  '{"__proto__":{"name":"neo"}}',
]

const callsWith = (some: readonly unknown[], paths = everyPath): readonly Sent[] =>
  paths.flatMap((path) =>
    some.flatMap((input) => [asked(encodeURIComponent(path), input), told(encodeURIComponent(path), input)]),
  )

const takesInput = /^inputs|^change|Code|status|Input/i
/** The procedures that do something with their input by either method, with each of these. */
export const callsWithEveryInput = callsWith(
  inputs,
  everyPath.filter((path) => takesInput.test(path)),
)
/** Every procedure by either method. */
export const calls = callsWith(inputs.slice(1, 2))
