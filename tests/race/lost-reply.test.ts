import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient, failureOf } from '../../client/index.ts'
import { serve } from '../failures/serving.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { type LossyProxy, lossyProxy } from '../support/lossy-proxy.ts'
import { signedInPeople } from '../support/sessions.ts'
import { forgetTheOwner } from './broken/forget-the-owner.ts'
import { serveBroken } from './broken/serve.ts'
import { endingOf } from './ending.ts'
import { freshName } from './world.ts'

describe.each(engines)('an answer that is lost on its way back, on %s', (engine) => {
  let database: TestDatabase
  let served: { url: string; close(): Promise<void> }
  let proxy: LossyProxy
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    served = await serve(database)
    proxy = await lossyProxy(served.url)
  })
  afterAll(async () => {
    await proxy?.close()
    await served?.close()
    await database?.close()
  })

  test('reads as NO_ANSWER; the claim stands, and asking again is answered with it', async () => {
    const token = freshName('person')
    const { profile } = createDibsClient({ url: proxy.url, token, transport: 'single', retries: 0 })
    const name = freshName('switch')
    proxy.loseNextAnswer()
    const lost = await endingOf(profile.claimUsername.mutate({ username: name }))
    expect(lost.kind).toBe('NO_ANSWER')
    expect(proxy.lost()).toBe(1)
    const row = await database.prisma.username.findUnique({ where: { key: name } })
    expect(row?.ownerId).toBe(token)
    expect(await profile.claimUsername.mutate({ username: name })).toEqual({
      username: name,
      key: name,
      claimedAt: row?.claimedAt?.toISOString(),
    })
  })

  test('of a losing claim leaves the name with whoever has it', async () => {
    const name = freshName('switch')
    const [owner, stranger] = ['owner', 'stranger'].map((role) =>
      createDibsClient({ url: proxy.url, token: freshName(role), transport: 'single', retries: 0 }),
    )
    await owner?.profile.claimUsername.mutate({ username: name })
    proxy.loseNextAnswer()
    const claim = () => stranger?.profile.claimUsername.mutate({ username: name })
    await expect(claim()).rejects.toSatisfy((error: object) => failureOf(error).kind === 'NO_ANSWER')
    await expect(claim()).rejects.toSatisfy((error: object) => failureOf(error).kind === 'USERNAME_TAKEN')
  })

  test('shows a claim that refuses its owner for what it is', async () => {
    const broken = await serveBroken(database, forgetTheOwner)
    const [person] = await signedInPeople(database.prisma, 1)
    const lossy = await lossyProxy(broken.url)
    const { profile } = createDibsClient({
      url: lossy.url,
      token: person?.token ?? '',
      transport: 'single',
      retries: 0,
    })
    const username = freshName('switch')
    lossy.loseNextAnswer()
    const first = await endingOf(profile.claimUsername.mutate({ username }))
    const again = await endingOf(profile.claimUsername.mutate({ username }))
    await lossy.close()
    await broken.close()
    expect([first.kind, again.kind]).toEqual(['NO_ANSWER', 'USERNAME_TAKEN'])
  })
})
