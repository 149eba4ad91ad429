import { expect, test } from 'vitest'
import { openTestDatabase, withPostgres } from '../support/database.ts'

test.runIf(withPostgres)('an announcement leaves a session whose commits wait for the disk', async () => {
  const database = await openTestDatabase('postgresql', { poolSize: 1 })
  const heard = () => new Promise<void>((resolve) => void database.names.watch(['neo'], resolve))
  // The first is told as soon as anybody listens.
  await heard()
  const announced = heard()
  database.names.announce(['neo'])
  await announced
  expect(await database.query`SELECT current_setting('synchronous_commit') AS synchronous_commit`).toEqual([
    { synchronous_commit: 'on' },
  ])
  await database.close()
})

test.runIf(withPostgres)('an announcement of no names leaves those after it to be announced', async () => {
  const database = await openTestDatabase('postgresql', { poolSize: 1 })
  const heard = () => new Promise<void>((resolve) => void database.names.watch(['neo'], resolve))
  await heard()
  const announced = heard()
  database.names.announce([])
  database.names.announce(['neo'])
  await announced
  await database.close()
})
