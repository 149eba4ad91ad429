import { expect, test } from 'vitest'
import { appRouter } from '../../server/router.ts'

test('A stream with nothing to say shows that it is there twice before its client takes it for dead', () => {
  const { ping, client } = appRouter._def._config.sse ?? {}
  expect(ping?.enabled).toBe(true)
  expect(client?.reconnectAfterInactivityMs).toBeGreaterThan(2 * (ping?.intervalMs ?? Number.NaN))
})
