import type { PrismaClient } from '../../../server/database/generated/client.ts'
import { signedInPeople } from '../../support/sessions.ts'

/** Somebody who takes part: signed in, and known by their id wherever a name is shown. */
export interface Person {
  readonly id: string
  readonly email: string
  /** What they send as `Authorization`. */
  readonly authorization: string
}

/** Those who take part in one round, and nobody else does. */
export interface Crowd {
  readonly people: readonly Person[]
  readonly administrators: readonly Person[]
}

/** How many are entered at a time. */
const together = 1000

/** Enters the people of so many rounds, each with an account, a session and their id as what they are called. */
export async function makeCrowds(
  prisma: PrismaClient,
  { rounds, people, administrators }: { rounds: number; people: number; administrators: number },
): Promise<Crowd[]> {
  const all: Person[] = []
  const many = rounds * (people + administrators)
  while (all.length < many) {
    const some = await signedInPeople(prisma, Math.min(together, many - all.length), { nameOf: (id) => id })
    for (const { id, email, token } of some) all.push({ id, email, authorization: `Bearer ${token}` })
  }
  const crowds = Array.from({ length: rounds }, (_, at) => {
    const here = all.slice(at * (people + administrators), (at + 1) * (people + administrators))
    return { people: here.slice(0, people), administrators: here.slice(people) }
  })
  const profiles = crowds.flatMap((crowd) =>
    crowd.administrators.map(({ id }) => ({ id, displayName: id, administrator: true })),
  )
  await prisma.profile.createMany({ data: profiles })
  return crowds
}
