import { afterAll, beforeAll } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Served, serve } from './serving.ts'

/** The real app on a socket and an embedded database of its own, for the tests of one suite. */
export function onServed() {
  let database: TestDatabase
  let served: Served
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    served = await serve(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })
  return {
    get database() {
      return database
    },
    get url() {
      return served.url
    },
  }
}
