import type { PrismaClient } from '../../server/database/generated/client.ts'
import type { Made } from './ending.ts'
import { byName, winnersOf } from './violations.ts'

/** What the database holds otherwise than claims were answered, a sentence each. */
export async function violationsInRows(prisma: PrismaClient, made: readonly Made[]): Promise<string[]> {
  const names = byName(made)
  const rows = await prisma.username.findMany({ where: { key: { in: [...names.keys()] } } })
  const profiles = await prisma.profile.findMany({
    where: { id: { in: made.map(({ personId }) => personId) } },
  })
  const currentOf = new Map(profiles.map(({ id, usernameKey }) => [id, usernameKey]))

  const wrongNames = [...names].flatMap(([name, claims]) => {
    const found = rows.filter(({ key }) => key === name)
    const [row] = found
    if (found.length !== 1 || row === undefined) return [`${name}: ${found.length} rows`]
    if (row.ownerId === null) return [`${name}: its row is nobody's`]
    if (!winnersOf(claims).has(row.ownerId)) return [`${name}: its row is of somebody who was refused`]
    const isCurrent = currentOf.get(row.ownerId) === name
    return isCurrent === (row.heldUntil === null)
      ? []
      : [`${name}: its row says ${isCurrent ? 'former' : 'current'}, its owner's profile does not`]
  })
  const wrongPeople = [...winnersOf(made)].flatMap((id) => (currentOf.get(id) ? [] : [`${id}: owns no name`]))
  return [...wrongNames, ...wrongPeople]
}
