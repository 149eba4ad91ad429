import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { skeleton } from '../../shared/confusables.ts'
import { Username } from '../../shared/username.ts'
import { openTestDatabase, silent } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import { dibsCookies, inSql, nameOf, personIdOf, secret, tokenOf } from './people.ts'

const numbers = [0, 1, 2, 9999, 10_000, 123_456, 2 ** 25 - 1]

describe('the people of the bench', () => {
  test('have names of their own, that look like no other', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => nameOf(at))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names.slice(0, 1000)) expect(skeleton(Username.parse(name))).toBe(name)
  })

  const url = inject('postgresUrl')
  describe.skipIf(url === null)('in SQL', () => {
    const client = new pg.Client(url ?? '')
    beforeAll(() => client.connect())
    afterAll(() => client.end())

    test('are the same', async () => {
      const { rows } = await client.query(
        `SELECT ${inSql.name('at')} AS name, ${inSql.personId('at')} AS id, ${inSql.token('at')} AS token
         FROM unnest($1::bigint[]) AS p(at)`,
        [numbers],
      )
      expect(rows).toEqual(
        numbers.map((at) => ({ name: nameOf(at), id: personIdOf(at), token: tokenOf(at) })),
      )
    })
  })

  test('have a pass that Dibs takes without looking for their session, which is not there', async () => {
    const database = await openTestDatabase('embedded')
    const settings = {
      publicUrl: 'http://localhost',
      corsOrigins: [],
      rateLimits: false,
      nameRules: usualRules,
    }
    const app = await createApp({
      settings: { ...settings, trustProxy: false },
      database,
      log: silent,
      authSecret: secret,
    })
    const statusWith = async (cookie: string) => {
      const { statusCode } = await app.inject({ url: '/trpc/profile.me', headers: { cookie } })
      return statusCode
    }
    expect(await statusWith(dibsCookies(1, 'passed'))).toBe(200)
    expect(await statusWith(dibsCookies(1, 'to be looked up'))).toBe(401)
    await app.close()
    await database.close()
  })
})
