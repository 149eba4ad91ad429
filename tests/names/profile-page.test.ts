import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../server/database/open.ts'
import { claimUsername } from '../../server/domain/claim.ts'
import { openLookUps } from '../../server/domain/look-ups.ts'
import { publicProfiles } from '../../server/domain/profile.ts'
import { randomFrom } from '../../server/domain/random.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import { newSeed } from '../race/random.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'

type Read = (database: Pick<Database, 'prisma' | 'query'>, username: Username) => Promise<Shown | null>
type Shown = { readonly displayName: string; readonly username: string } | { readonly movedTo: string }

async function readAlone({ query }: Pick<Database, 'query'>, username: Username): Promise<Shown | null> {
  const [found = null] = await publicProfiles(query, [username])
  return found
}

/** As it was written at first: Prisma reads the name, then its owner, then the owner's name. */
async function readOneByOne({ prisma }: Pick<Database, 'prisma'>, username: Username): Promise<Shown | null> {
  const name = await prisma.username.findUnique({
    where: { key: usernameKey(username) },
    select: {
      key: true,
      display: true,
      owner: { select: { displayName: true, usernameKey: true, username: { select: { display: true } } } },
    },
  })
  if (!name?.owner) return null
  const { displayName, usernameKey: current, username: currentName } = name.owner
  if (current === name.key) return { displayName, username: name.display }
  return currentName && { movedTo: currentName.display }
}

describe.each(engines)('a profile page on %s that is read while names change hands', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize: 12 })
  })
  afterAll(() => database?.close())

  /** A name that ended its hold is anybody's at once. */
  const rules = { ...anyRenames, holdDays: 0 }

  /**
   * Two people take turns at three names while others read them. Answers what was shown that was
   * true at no moment of the reading.
   */
  async function lies(read: Read, random: () => number, changes: number): Promise<unknown[]> {
    const people = [somebody('Ann'), somebody('Bob')] as const
    const names = times(3, (at) => Username.parse(freshName(`page${at}`)))
    const owner = new Map<string, number>()
    const current: [string, string] = ['', '']
    /** What each name showed after each change, one of which may be under way. */
    const truths: Map<string, Shown>[] = []
    let settled = 0

    async function change(who: 0 | 1, username: Username) {
      owner.set(username, who)
      current[who] = username
      truths.push(
        new Map(
          [...owner].map(([name, at]) => {
            const own = at === 0 ? current[0] : current[1]
            return [
              name,
              own === name ? { displayName: people[at]?.name ?? '', username: name } : { movedTo: own },
            ]
          }),
        ),
      )
      const end = await claimUsername(database.query, { person: people[who], username }, rules)
      expect(end.outcome).toBe('claimed')
      settled = truths.length - 1
    }

    const [first, second, third] = names as [Username, Username, Username]
    await change(0, first)
    await change(0, second)
    await change(1, third)
    let changing = true
    const found: unknown[] = []
    async function keepReading() {
      while (changing) {
        const name = names[Math.floor(random() * 3)] ?? first
        const from = settled
        const shown = await read(database, name)
        const possible = truths.slice(from).map((truth) => truth.get(name))
        if (!possible.some((truth) => sameAs(shown, truth))) found.push({ name, shown, possible })
      }
    }
    const readers = times(6, keepReading)
    for (let made = 0; made < changes; made++) {
      const free = names.find((name) => !current.includes(name)) ?? first
      await change(random() < 0.5 ? 0 : 1, free)
    }
    changing = false
    await Promise.all(readers)
    return found
  }

  function sameAs(shown: Shown | null, truth: Shown | null | undefined): boolean {
    if (!shown || !truth) return false
    if ('movedTo' in shown) return 'movedTo' in truth && shown.movedTo === truth.movedTo
    return 'username' in truth && shown.username === truth.username && shown.displayName === truth.displayName
  }

  test.each(['alone', 'together'])(
    'shows the person whose name it is, or where they went, read %s',
    async (how) => {
      const seed = newSeed()
      const lookUps = openLookUps(database, rules)
      const read: Read = ({ query }, name) =>
        how === 'alone' ? readAlone({ query }, name) : lookUps.profile(name)
      expect(await lies(read, randomFrom(seed), 200), `seed ${seed}`).toEqual([])
    },
  )

  // The embedded database has one session, which does one thing after the other.
  test.runIf(engine === 'postgresql')('would show what never was, if it were read one by one', async () => {
    const [ann, bob] = [somebody('Ann'), somebody('Bob')]
    const names = times(4, (at) => Username.parse(freshName(`page${at}`)))
    const [first, second, third, bobs] = names as [Username, Username, Username, Username]
    for (const [person, username] of [
      [ann, first],
      [ann, second],
      [bob, bobs],
    ] as const) {
      const end = await claimUsername(database.query, { person, username }, rules)
      expect(end.outcome).toBe('claimed')
    }
    const before = await readAlone(database, first)
    const gate = await lock(database, 'LOCK TABLE profiles IN ACCESS EXCLUSIVE MODE')
    const reading = readOneByOne(database, first)
    // It has read whose name it is.
    await gate.waiting(1)
    const claim = "SELECT claim_username($1, '', NULL, $2, NULL, NULL, 0, NULL, 30, NULL)"
    await gate.query(claim, [bob.id, first])
    await gate.query(claim, [ann.id, third])
    await gate.release()
    const shown = await reading
    expect(shown).toEqual({ movedTo: third })
    const truths = [before, await readAlone(database, first)]
    expect(truths).toMatchObject([{ movedTo: second }, { displayName: 'Bob', username: first }])
    expect(truths.some((truth) => sameAs(shown, truth))).toBe(false)
  })
})
