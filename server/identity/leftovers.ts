import type { PrismaClient } from '../database/generated/client.ts'

/**
 * For how long a sign-up may be on its way once its time was noted: it then enters the user and the account,
 * each of which waits up to 5 s for a connection, and 12 s for its answer.
 */
const mayBeOnItsWayMs = 35_000

/**
 * Removes the user of an address who has no account, so that nobody can sign in as them: the sign-up was cut
 * between the two. better-auth has no transaction about it, which would keep a connection, of the
 * embedded database the only one, while it computes a password's hash.
 *
 * Nobody waits for an account that is being made: it locks its user, who is passed over. A user whom
 * an administrator gave something stays.
 *
 * @param email in lower case, as better-auth keeps it
 */
export async function removeUnfinished(
  prisma: PrismaClient,
  { email, now }: { email: string; now: number },
): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM users WHERE id = (
      SELECT u.id FROM users u
      WHERE u.email = ${email} AND u.created_at < ${new Date(now - mayBeOnItsWayMs)}::timestamptz
        AND NOT EXISTS (SELECT FROM accounts a WHERE a.user_id = u.id)
        AND NOT EXISTS (SELECT FROM profiles p WHERE p.id = u.id)
      FOR UPDATE OF u SKIP LOCKED
    )`
}

/** For how long a session stays that has ended: another process, by its own clock, may just look at it. */
const endedAgoMs = 60 * 60 * 1000
/** More than are made at once, so that they become fewer. */
const mostAtOnce = 10

/** Throws away a few of the sessions that ended. */
export async function throwAwayEndedSessions(prisma: PrismaClient, now: number): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM sessions s WHERE s.ctid = ANY (ARRAY(
      SELECT o.ctid FROM sessions o
      WHERE o.expires_at < ${new Date(now - endedAgoMs)}::timestamptz
      ORDER BY o.expires_at LIMIT ${mostAtOnce} FOR UPDATE SKIP LOCKED
    ))`
}
