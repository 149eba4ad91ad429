import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newPlace, type Place, urlOf, withPostgres } from '../support/database.ts'
import { onServer } from '../support/on-server.ts'
import { settingsOf } from '../support/settings.ts'
import { run, runProcess } from './run-command.ts'

describe.skipIf(!withPostgres)('npm run dibs beside a database that takes no writes', () => {
  let place: Place
  beforeAll(async () => {
    place = await newPlace('postgresql', { migrated: true })
    const url = urlOf(place.location)
    await onServer(
      url,
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only TO on`,
    )
  })
  afterAll(() => place?.remove())

  test.each([
    ['names who admin', 'admin is reserved'],
    ['names history neo', 'Nothing ever happened to neo.'],
    ['admins list', 'Nobody is an administrator.'],
  ])('answers %s', async (command, answer) => {
    const ran = await run(command.split(' '), settingsOf(place))
    expect(ran).toEqual({ code: 0, out: expect.stringContaining(answer), err: '' })
  })

  test('refuses to change anything, in a sentence', async () => {
    const ran = await runProcess(['names', 'reserve', 'neo', '--yes'], settingsOf(place))
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'The database takes no writes: it is a standby, or its default_transaction_read_only is on. Point DATABASE_URL to the primary server, or set that to off.\n',
    })
  })
})
