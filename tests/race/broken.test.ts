import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../support/database.ts'
import { type BrokenName, broken } from './implementations.ts'
import { racesOn } from './races/all.ts'
import { openWorld, type World } from './world.ts'

const names = Object.keys(broken) as BrokenName[]

describe.each(engines)('on %s', (engine) => {
  describe.each(names)('a claim broken as “%s” is noticed when', (name) => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(engine, broken[name])
    })
    afterAll(() => world?.close())

    test.each(racesOn(engine).filter(({ notices }) => notices.includes(name)))('$name', async ({ run }) => {
      expect(await run(world)).not.toEqual([])
    })
  })
})
