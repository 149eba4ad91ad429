import type { EngineName } from '../../../server/database/engine.ts'
import { newSeed } from '../random.ts'
import type { Race } from '../world.ts'
import { crowd } from './crowd.ts'
import { holdRenewed, ownerBeforeStranger, renamingHalfWay, strangerBeforeOwner } from './half-way.ts'
import { melee } from './melee.ts'
import { doubleSubmit, firstTabs, renamingTabs, retry } from './one-person.ts'
import { crowdAtTheGate, doubleSubmitAtTheGate, tabsAtTheGate } from './queued.ts'
import { strangersAtTheDoor, swap } from './renaming.ts'

const races: readonly Race[] = [
  crowd,
  doubleSubmit,
  retry,
  firstTabs,
  renamingTabs,
  strangersAtTheDoor,
  swap,
  melee(newSeed()),
  crowdAtTheGate,
  doubleSubmitAtTheGate,
  tabsAtTheGate,
  renamingHalfWay,
  ownerBeforeStranger,
  strangerBeforeOwner,
  holdRenewed,
]

export function racesOn(engine: EngineName): Race[] {
  return races.filter(({ onlyOn }) => onlyOn === undefined || onlyOn === engine)
}
