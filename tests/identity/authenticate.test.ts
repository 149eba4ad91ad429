import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reserveUsername } from '../../server/domain/administration.ts'
import type { Person } from '../../server/domain/person.ts'
import type { Authenticate } from '../../server/identity/authenticate.ts'
import { Username } from '../../shared/username.ts'
import { appOn, post, query } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'

describe.each(engines)('a function that tells who asks on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  /** An app that knows people by this function, and how a person claims there, by a header. */
  async function mounted(authenticate: Authenticate) {
    const app = await appOn(database, { authenticate })
    const claim = (person: string, username: string) => {
      const headers = { 'content-type': 'application/json', 'x-person': person }
      return post(app, '/trpc/profile.claimUsername', { username }, headers)
    }
    return { app, claim }
  }

  test('is enough: its person claims, and nobody is signed out', async () => {
    const { app, claim } = await mounted(async (headers) => {
      const id = headers.get('x-person')
      return id === null ? null : { id, name: 'By Header' }
    })
    expect((await claim('person-9', 'by-header')).statusCode).toBe(200)
    expectRefusal(await app.inject({ url: query('profile.me') }), 401, 'SIGNED_OUT')
    await app.close()
  })

  test.each([
    ['has a NUL', { id: 'a\0', name: '' }],
    ['has half a character', { id: '\ud800', name: '' }],
    ['is too long', { id: 'x'.repeat(501), name: '' }],
    ['is empty', { id: '', name: '' }],
    ['is missing', { name: '' }],
    ['is a number', { id: 7, name: '' }],
  ])('lets in nobody whose id %s, nor fails those beside them', async (what, told) => {
    const { app, claim } = await mounted(async (headers) => {
      const id = headers.get('x-person') ?? ''
      return id === 'told' ? (told as Person) : { id, name: '' }
    })
    const slug = what.replaceAll(' ', '-')
    const [refused, claimed] = await Promise.all([claim('told', `no-${slug}`), claim(slug, `one-${slug}`)])
    expectRefusal(refused, 503, 'UNAVAILABLE')
    expect(claimed.statusCode).toBe(200)
    await app.close()
  })

  test.each([
    ['name has a NUL', { id: 'nul', name: 'A\0da' }, 'A da'],
    ['name ends in half a character', { id: 'half', name: 'Ada \ud83d' }, 'Ada'],
    ['name is missing', { id: 'unnamed' }, ''],
    ['email has a NUL', { id: 'mail', name: 'Ada', email: 'a\0@example.com' }, 'Ada'],
    ['id is as long as can be', { id: '永'.repeat(500), name: 'Ada' }, 'Ada'],
  ])('lets in somebody whose %s', async (what, told, displayName) => {
    const { app, claim } = await mounted(async () => told as Person)
    const username = `in-${what.replaceAll(' ', '-')}`
    expect((await claim('', username)).statusCode).toBe(200)
    const profile = (await app.inject({ url: query('profile.get', { username }) })).json()
    expect(profile.result.data).toMatchObject({ username, displayName })
    await app.close()
  })

  test('may tell of an address in capitals, for which a name is reserved', async () => {
    const { app, claim } = await mounted(async () => ({
      id: 'neo',
      name: 'Neo',
      email: 'Neo@Matrix.Example',
    }))
    await reserveUsername(database.prisma, {
      username: Username.parse('the-one'),
      because: 'administrator',
      email: 'neo@matrix.example',
      actorId: null,
      note: undefined,
      rules: usualRules,
    })
    expect((await claim('', 'the-one')).statusCode).toBe(200)
    await app.close()
  })

  test('may tell of nobody by undefined', async () => {
    const { app } = await mounted((async () => undefined) as never)
    expectRefusal(await app.inject({ url: query('profile.me') }), 401, 'SIGNED_OUT')
    await app.close()
  })
})
