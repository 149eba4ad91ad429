import { expect, test } from 'vitest'
import { onServed } from './on-served.ts'
import { clientFor, transports } from './serving.ts'

const served = onServed()

test.each(transports)('a release and a history need no input, sent as %s', async (transport) => {
  const { profile } = clientFor(served, { transport })
  const username = `without-${transport}`
  await profile.claimUsername.mutate({ username })
  expect(await profile.releaseUsername.mutate()).toMatchObject({ released: username })
  expect(await profile.usernameHistory.query()).toMatchObject({
    held: [{ username }],
    changes: [{ cause: 'released' }, { cause: 'claimed' }],
  })
})

test('over HTTP either may be left out, but a POST has JSON in its body', async () => {
  const history = await fetch(`${served.url}/trpc/profile.usernameHistory`, {
    headers: { authorization: 'Bearer historian' },
  })
  expect(history.status).toBe(200)
  for (const address of ['profile.releaseUsername', 'profile.releaseUsername?batch=1']) {
    const statuses = ['', '{}'].map(async (body) => {
      const headers = { authorization: 'Bearer nameless', 'content-type': 'application/json' }
      return (await fetch(`${served.url}/trpc/${address}`, { method: 'POST', headers, body })).status
    })
    expect(await Promise.all(statuses)).toEqual([400, 404])
  }
})
