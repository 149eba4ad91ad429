import { createHmac, randomUUID } from 'node:crypto'
import type { PrismaClient } from '../../server/database/generated/client.ts'

/** What servers sign the sessions made here with. */
export const authSecret = 'Zk7vQ2mXw9bT4nRj6cHs8yLd3pFg5aUe'

/** Somebody with an account who is signed in. */
export interface SignedIn {
  readonly id: string
  readonly email: string
  /** What they send as `Authorization: Bearer`. */
  readonly token: string
}

/**
 * Signs people up by writing the rows that a sign-up writes, but for the password, whose
 * hashing takes a tenth of a second. Servers on that database whose secret is `authSecret` take
 * their tokens for any other's.
 */
export async function signedInPeople(
  prisma: PrismaClient,
  many: number,
  { nameOf = () => 'Somebody' }: { nameOf?: (id: string) => string } = {},
): Promise<SignedIn[]> {
  const ids = Array.from({ length: many }, () => randomUUID())
  await prisma.user.createMany({ data: ids.map((id) => ({ id, name: nameOf(id), email: emailOf(id) })) })
  return signInAgain(prisma, ids)
}

/** One more session each. */
export async function signInAgain(prisma: PrismaClient, ids: readonly string[]): Promise<SignedIn[]> {
  const sessions = ids.map((userId) => ({
    id: randomUUID(),
    userId,
    token: randomUUID(),
    expiresAt: new Date(Date.now() + 24 * 3_600_000),
  }))
  await prisma.session.createMany({ data: sessions })
  return sessions.map(({ userId, token }) => ({ id: userId, email: emailOf(userId), token: signed(token) }))
}

function emailOf(id: string): string {
  return `${id}@people.example`
}

function signed(token: string): string {
  return `${token}.${createHmac('sha256', authSecret).update(token).digest('base64')}`
}
