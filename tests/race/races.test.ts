import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../support/database.ts'
import { ours, oursTogether } from './implementations.ts'
import { racesOn } from './races/all.ts'
import { openWorld, type World } from './world.ts'

describe.each(engines)('on %s', (engine) => {
  describe.each([
    ['each in a statement of its own', ours],
    ['together, in one process', oursTogether],
  ])('our claims, made %s, hold when', (_how, implementation) => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(engine, implementation)
    })
    afterAll(() => world?.close())

    test.each(racesOn(engine))('$name', async ({ run }) => {
      expect(await run(world)).toEqual([])
    })
  })
})
