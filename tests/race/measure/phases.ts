import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '../../../server/database/generated/client.ts'
import { type Cost, costOf } from './cost.ts'
import type { Way } from './ways.ts'

const inFlight = 8
const claims = 400
const crowds = 20
const crowdSize = 20

/** Everybody claims a name of their own. */
async function winners(prisma: PrismaClient, way: Way): Promise<Cost> {
  const people = await newPeople(prisma, claims)
  const names = people.map(newName)
  return costOf(prisma, () => inTurn(people, (id, at) => way(prisma, id, names[at] ?? '')))
}

/** Everybody claims a name that somebody has had for a while. */
async function losers(prisma: PrismaClient, way: Way): Promise<Cost> {
  const [owner = '', ...people] = await newPeople(prisma, claims + 1)
  const name = newName()
  await way(prisma, owner, name)
  return costOf(prisma, () => inTurn(people, (id) => way(prisma, id, name)))
}

/** 20 people claim a name at once, then 20 others the next one. */
async function crowd(prisma: PrismaClient, way: Way): Promise<Cost> {
  const people = await newPeople(prisma, crowds * crowdSize)
  return costOf(prisma, async () => {
    const ends: Awaited<ReturnType<Way>>[] = []
    for (let at = 0; at < people.length; at += crowdSize) {
      const name = newName()
      const together = people.slice(at, at + crowdSize)
      ends.push(...(await Promise.all(together.map((id) => way(prisma, id, name)))))
    }
    return ends
  })
}

export const phases = {
  'win a free name': winners,
  'lose a taken name': losers,
  'race, 20 people a name': crowd,
}

async function newPeople(prisma: PrismaClient, many: number): Promise<string[]> {
  const ids = Array.from({ length: many }, () => randomUUID())
  await prisma.profile.createMany({ data: ids.map((id) => ({ id })) })
  return ids
}

function newName(): string {
  return `name-${randomUUID()}`
}

/** Works on all of the items, a few at a time. */
async function inTurn<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  async function line(): Promise<void> {
    for (let at = next++; at < items.length; at = next++) {
      results.push(await work(items[at] as T, at))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, line))
  return results
}
