import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openClaims } from '../../server/domain/claims.ts'
import { Username } from '../../shared/username.ts'
import { freshName, times } from '../race/world.ts'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { usualRules } from '../support/rules.ts'

describe.runIf(withPostgres)('A first name that somebody else was faster to take', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
  })
  afterAll(() => database?.close())

  /** Holds first claims of the slow up, after they found their names free, until these are somebody's. */
  async function whileHeldUp(run: (heldUp: () => Promise<void>) => Promise<void>): Promise<void> {
    const { prisma } = database
    await prisma.$executeRaw`
      CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        WHILE NOT EXISTS (SELECT FROM usernames WHERE key = NEW.username_key) LOOP PERFORM pg_sleep(0.02); END LOOP;
        RETURN NEW;
      END $$`
    await prisma.$executeRaw`
      CREATE TRIGGER hold_up BEFORE INSERT ON profiles FOR EACH ROW
      WHEN (NEW.display_name = 'Slow' AND NEW.username_key IS NOT NULL) EXECUTE FUNCTION hold_up()`
    const sleeping = () => prisma.$queryRaw`
      SELECT count(*)::int AS sessions FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'`
    try {
      await run(() => expect.poll(sleeping, { interval: 5 }).toEqual([{ sessions: 1 }]))
    } finally {
      await prisma.$executeRaw`DROP FUNCTION hold_up CASCADE`
    }
  }

  test.each([1, 2])('costs none of %i losers at once a rename', async (many) => {
    const [losers, winners] = [
      times(many, () => somebody('Slow')),
      times(many, () => callerOf(database).profile),
    ]
    const wanted = times(many, () => freshName('wanted'))
    const claims = openClaims(database, usualRules)
    const claim = (at: number, name: string) =>
      claims.claim({ person: losers[at] ?? somebody(), username: Username.parse(name) })
    await whileHeldUp(async (heldUp) => {
      const ends = Promise.all(wanted.map((name, at) => claim(at, name)))
      await heldUp()
      for (const [at, { claimUsername }] of winners.entries())
        await claimUsername({ username: wanted[at] ?? '' })
      expect((await ends).map(({ outcome }) => outcome)).toEqual(Array(many).fill('taken'))
    })
    const ids = losers.map(({ id }) => id)
    const left = await database.prisma.$queryRaw`
      SELECT username_key, renamed_at, first_change_id FROM profiles WHERE id = ANY (${ids})`
    const nothing = { username_key: null, renamed_at: null, first_change_id: null }
    expect(left).toEqual(Array(many).fill(nothing))
    for (const at of losers.keys()) {
      const ends = []
      for (const word of ['first', 'b', 'c', 'd', 'e', 'f', 'often'])
        ends.push((await claim(at, freshName(word))).outcome)
      expect(ends).toEqual([...Array(6).fill('claimed'), 'too-often'])
    }
  })
})
