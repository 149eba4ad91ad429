import { expect, test } from 'vitest'
import type { Database } from '../../server/database/open.ts'
import { freshName } from '../race/world.ts'
import { callerOf, somebody } from '../support/people.ts'
import { newMember } from './administrators.ts'
import { type Ran, run } from './run-command.ts'

/** Runs a command line that asks for JSON; answers what it printed. */
export type Do = (...args: string[]) => Promise<Ran & { json: Record<string, unknown> }>

export function doing(environment: () => Record<string, string>, ...more: string[]): Do {
  return async (...args) => {
    const ran = await run([...args, '--json', ...more], environment())
    return { ...ran, json: JSON.parse(ran.out) }
  }
}

/** What both ways of administering do alike. `on` is how to see to the database meanwhile. */
export function everyNameCommand(
  does: Do,
  on: <T>(work: (database: Database) => Promise<T>) => Promise<T>,
  actor: () => unknown,
  odd: readonly string[],
) {
  const claim = (person: { id: string; name: string }, username: string) =>
    on((database) => callerOf(database, person).profile.claimUsername({ username }))

  test('reserves, tells who, releases, and has it all in the history', async () => {
    const name = freshName('Reserved')
    const reserve = ['names', 'reserve', name, '--for', 'Neo@people.example', '--because', 'his']
    expect(await does(...reserve, '--note', 'ticket 7', '--yes')).toMatchObject({
      code: 0,
      json: { reserved: name },
      err: '',
    })
    expect((await does('names', 'who', name.toUpperCase())).json).toMatchObject({
      username: name,
      status: 'reserved',
      reservedBecause: 'his',
      reservedFor: 'neo@people.example',
    })
    const released = await does('names', 'release', name, '--note', 'given up', '--yes')
    expect(released.json).toEqual({ released: name, was: 'reserved', heldUntil: null })
    const { json } = await does('names', 'history', name)
    expect(json).toMatchObject({
      changes: [
        { cause: 'freed', status: 'free', actorId: actor(), note: 'given up' },
        { cause: 'reserved', status: 'reserved', actorId: actor(), note: 'ticket 7' },
      ],
      next: null,
    })
    const [latest] = json.changes as { id: string }[]
    expect((await does('names', 'history', name, '--before', latest?.id ?? '')).json.changes).toHaveLength(1)
    expect((await does('names', 'history', name, '--limit', '1')).json).toMatchObject({ next: latest?.id })
  })

  test('takes a name from its owner, at once or not, and hands it over', async () => {
    const [owner, name] = [somebody(), freshName('owned')]
    const taker = await on((database) => newMember(database))
    await claim(owner, name)
    expect((await does('names', 'release', name, '--yes')).json).toMatchObject({
      was: 'taken',
      heldUntil: expect.any(String),
    })
    expect(
      (await does('names', 'transfer', name, '--to', taker.email, '--note', 'sold', '--yes')).json,
    ).toEqual({
      transferred: name,
      from: owner.id,
      to: taker.id,
      previous: null,
    })
    expect((await does('names', 'who', name)).json).toMatchObject({
      status: 'current',
      person: { id: taker.id, username: name, email: taker.email },
    })
    expect((await does('names', 'release', name, '--at-once', '--yes')).json).toMatchObject({
      heldUntil: null,
    })
    expect((await does('names', 'who', name)).json).toMatchObject({ status: 'free' })
    expect((await does('names', 'who', name, '--at', '2001-02-03')).json).toMatchObject({
      status: 'free',
      at: '2001-02-03T00:00:00.000Z',
    })
  })

  test('refuses with the reason, and what to do about it', async () => {
    const [owner, name, never] = [somebody(), freshName('refused'), freshName('never')]
    await claim(owner, name)
    const refusals: [args: string[], kind: string, sentence: string][] = [
      [['names', 'reserve', name, '--yes'], 'USERNAME_TAKEN', 'Release it first'],
      [['names', 'release', never, '--yes'], 'USERNAME_UNUSED', 'Anybody can claim it'],
      [['names', 'transfer', never, '--to', owner.id, '--yes'], 'USERNAME_UNUSED', 'nobody’s'],
      [['names', 'transfer', name, '--to', '@__proto__', '--yes'], 'PERSON_NOT_FOUND', 'current @username'],
    ]
    for (const [args, kind, sentence] of refusals) {
      const { code, json, err } = await does(...args)
      expect({ args, code, json }).toMatchObject({ args, code: 1, json: { error: { kind } } })
      expect(err).toContain(sentence)
    }
    await does('names', 'release', name, '--yes')
    const held = await does('names', 'reserve', name, '--yes')
    expect(held).toMatchObject({ code: 1, json: { error: { kind: 'USERNAME_HELD' } } })
  })

  test.each(odd)('takes %s for a name like others', async (name) => {
    expect((await does('names', 'who', name)).json).toMatchObject({
      status: 'reserved',
      reservedBecause: 'programming',
    })
    expect((await does('names', 'release', name, '--yes')).json).toMatchObject({ was: 'reserved' })
    const owner = await on((database) => newMember(database))
    await claim(owner, name)
    expect((await does('names', 'transfer', name, '--to', `@${name}`, '--yes')).json).toMatchObject({
      transferred: name,
      to: owner.id,
    })
    expect((await does('names', 'release', name, '--at-once', '--yes')).json).toMatchObject({
      was: 'taken',
    })
    expect((await does('names', 'reserve', name, '--yes')).json).toEqual({ reserved: name })
    const { changes } = (await does('names', 'history', name)).json as { changes: { cause: string }[] }
    expect(changes.map(({ cause }) => cause)).toEqual(['reserved', 'freed', 'claimed', 'freed', 'seeded'])
  })
}
