import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../support/database.ts'
import { ours } from './implementations.ts'
import { racesOn } from './races/all.ts'
import { openWorld, type World } from './world.ts'

describe.each(engines)('our claim on %s holds when', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(engine, ours)
  })
  afterAll(() => world?.close())

  test.each(racesOn(engine))('$name', async ({ run }) => {
    expect(await run(world)).toEqual([])
  })
})
