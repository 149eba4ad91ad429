import { type Lock, lock } from '../../support/locks.ts'
import { somebody } from '../../support/people.ts'
import type { Made } from '../ending.ts'
import { freshName, type Race, times, type World } from '../world.ts'

const rowOf = 'SELECT FROM usernames WHERE key = $1 FOR NO KEY UPDATE'

/** Does what meets a locked row of a name, and lets go of it whatever comes. */
async function behind<T>(
  database: World['database'],
  name: string,
  work: (row: Lock) => Promise<T>,
): Promise<T> {
  const row = await lock(database, rowOf, [name])
  try {
    return await work(row)
  } finally {
    await row.release()
  }
}

export const renamingHalfWay: Race = {
  name: 'strangers claim the old name and the new one while a renaming has only one of them',
  onlyOn: 'postgresql',
  notices: ['free, then take'],
  async run({ database, claim, given, judge }) {
    const [alice, old, now] = [somebody(), freshName('alice'), freshName('alicia')]
    const first = await given(alice, old)
    const { before, made } = await behind(database, old, async (row) => {
      const renaming = claim(alice, now)
      await row.waiting(1)
      const before = await Promise.all(times(5, () => claim(somebody(), old)))
      const strangers = times(5, () => claim(somebody(), now))
      await Promise.race([row.waiting(6), Promise.all(strangers)])
      await row.release()
      return { before, made: await Promise.all([renaming, ...strangers]) }
    })
    const after = await claim(somebody(), old)
    const held = after.ending.kind === 'USERNAME_HELD' ? [] : [`the old name: ${after.ending.kind}`]
    const renamed = made[0].ending.kind === 'CLAIMED' ? [] : [`the renaming: ${made[0].ending.kind}`]
    return [...(await judge([first, ...before, ...made, after])), ...held, ...renamed]
  },
}

export const ownerBeforeStranger: Race = {
  name: 'a hold has run out, and its owner is just ahead of a stranger',
  onlyOn: 'postgresql',
  notices: ['check, then write'],
  run: (world) => atTheEndOfAHold(world, (owner, stranger) => [owner, stranger]),
}

export const strangerBeforeOwner: Race = {
  name: 'a hold has run out, and a stranger is just ahead of its owner',
  onlyOn: 'postgresql',
  notices: ['check, then write'],
  run: (world) => atTheEndOfAHold(world, (owner, stranger) => [stranger, owner]),
}

type Claim = () => Promise<Made>

/** Both have seen that they may take it. Who waits first for the row gets it; the other does not. */
async function atTheEndOfAHold(
  world: World,
  inOrder: (owner: Claim, stranger: Claim) => [Claim, Claim],
): Promise<string[]> {
  const { database, claim, judge } = world
  const { owner, name } = await formerOwner(world)
  await database.prisma.username.update({ where: { key: name }, data: { heldUntil: new Date(0) } })
  const [first, second] = inOrder(
    () => claim(owner, name),
    () => claim(somebody(), name),
  )
  const made = await behind(database, name, async (row) => {
    const ahead = first()
    await row.waiting(1)
    const next = second()
    await row.waiting(2)
    await row.release()
    return Promise.all([ahead, next])
  })
  const inTurn = made[0].ending.kind === 'CLAIMED' ? [] : [`the first in line: ${made[0].ending.kind}`]
  return [...(await judge(made)), ...inTurn]
}

export const holdRenewed: Race = {
  name: 'a stranger has seen that a hold ran out, which is then prolonged',
  onlyOn: 'postgresql',
  notices: ['check, then write'],
  async run(world) {
    const { database, claim } = world
    const { name } = await formerOwner(world)
    await database.prisma.username.update({ where: { key: name }, data: { heldUntil: new Date(0) } })
    const { ending } = await behind(database, name, async (row) => {
      const stranger = claim(somebody(), name)
      await row.waiting(1)
      await row.query("UPDATE usernames SET held_until = now() + interval '1 day' WHERE key = $1", [name])
      await row.release()
      return stranger
    })
    return ending.kind === 'USERNAME_HELD' ? [] : [`the stranger: ${ending.kind}`]
  },
}

/** Somebody who had this name and has another one now. */
async function formerOwner({ given }: World) {
  const [owner, name] = [somebody(), freshName('former')]
  await given(owner, name)
  await given(owner, freshName('latter'))
  return { owner, name }
}
