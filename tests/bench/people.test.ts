import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { skeleton } from '../../shared/confusables.ts'
import { Username } from '../../shared/username.ts'
import { inSql, nameOf, personIdOf, tokenOf } from './people.ts'

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
})
