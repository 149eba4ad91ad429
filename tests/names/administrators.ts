import { randomUUID } from 'node:crypto'
import { failureOf } from '../../client/failure.ts'
import type { Database } from '../../server/database/open.ts'
import type { NameRules } from '../../server/domain/name-rules.ts'
import { setAdministrator } from '../../server/domain/people.ts'
import type { Person } from '../../server/domain/person.ts'
import { createCaller } from '../../server/router.ts'
import { contextOf, somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'

/** Somebody new who administers. */
export async function newAdministrator(database: Database): Promise<Person> {
  const person = somebody('Administrator')
  await setAdministrator(database.prisma, { person, administrator: true })
  return person
}

/** Somebody new who signed up with an e-mail address. */
export async function newMember(database: Database, name = 'Member'): Promise<Person & { email: string }> {
  const id = randomUUID()
  const email = `${id}@people.example`
  await database.prisma.user.create({ data: { id, name, email } })
  return { id, name, email }
}

/** The procedures as somebody calls them, under rules of names. */
export function callerUnder(database: Database, person: Person, rules: Partial<NameRules> = {}) {
  return createCaller(contextOf(database, { person, rules: { ...anyRenames, ...rules } }))
}

/** The kind and payload of the failure that a call ends in; what it answers under `answer`. */
export async function endOf<T>(
  call: Promise<T>,
): Promise<{ kind: string; payload?: unknown; answer?: T; message?: string }> {
  try {
    return { kind: 'DONE', answer: await call }
  } catch (error) {
    const { kind, payload } = failureOf(error as object)
    return { kind, payload }
  }
}
