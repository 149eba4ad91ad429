import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '../../server/database/generated/client.ts'

/** Somebody with an account who is signed in. */
export interface SignedIn {
  readonly id: string
  /** What they send as `Authorization: Bearer`. */
  readonly token: string
}

/**
 * Signs people up by writing the rows that a sign-up writes, but for the password, whose
 * hashing takes a tenth of a second. Servers on that database take their tokens for any other's.
 */
export async function signedInPeople(prisma: PrismaClient, many: number): Promise<SignedIn[]> {
  const ids = Array.from({ length: many }, () => randomUUID())
  await prisma.user.createMany({
    data: ids.map((id) => ({ id, name: 'Somebody', email: `${id}@people.example` })),
  })
  return signInAgain(prisma, ids)
}

/** One more session each. */
export async function signInAgain(prisma: PrismaClient, ids: readonly string[]): Promise<SignedIn[]> {
  const sessions = ids.map((userId) => ({
    id: randomUUID(),
    userId,
    token: randomUUID(),
    expiresAt: new Date(Date.now() + 3_600_000),
  }))
  await prisma.session.createMany({ data: sessions })
  return sessions.map(({ userId, token }) => ({ id: userId, token }))
}
