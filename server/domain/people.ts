import type { KnownPerson } from '../../shared/history.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'

/**
 * Finds a person by how an administrator names them: a @username that is their current one, an
 * e-mail address (where Dibs signs people in), or an id; null when there is none.
 */
export async function findPerson(prisma: PrismaClient, named: string): Promise<Found | null> {
  // An identity provider may well have ids that read like the others.
  return (
    (await findPersonByName(prisma, named.trim())) ??
    (await findPersonById(prisma, named)) ??
    (await findPersonById(prisma, named.trim()))
  )
}

async function findPersonByName(prisma: PrismaClient, named: string): Promise<Found | null> {
  if (!named.startsWith('@')) {
    if (!named.includes('@')) return null
    const select = { id: true, name: true }
    return prisma.user.findUnique({ where: { email: named.toLowerCase() }, select })
  }
  const username = Username.safeParse(named.slice(1))
  if (!username.success) return null
  // By primary keys: nothing leads from a name to its profile but the owner in its row.
  const name = await prisma.username.findUnique({
    where: { key: usernameKey(username.data) },
    select: { heldUntil: true, owner: true },
  })
  return byProfile(name?.heldUntil === null ? name.owner : null)
}

interface Found {
  readonly id: string
  readonly name: string
}

/** Finds a person by their id, however it reads; null when there is none. */
export async function findPersonById(prisma: PrismaClient, id: string): Promise<Found | null> {
  const user = await prisma.user.findUnique({ where: { id }, select: { id: true, name: true } })
  return user ?? byProfile(await prisma.profile.findUnique({ where: { id } }))
}

/** A person whose account was deleted is not to be found. */
function byProfile(
  profile: { id: string; displayName: string; forgottenAt: Date | null } | null,
): Found | null {
  return profile?.forgottenAt === null ? { id: profile.id, name: profile.displayName } : null
}

/** Who somebody is today; their e-mail address is known only where Dibs signs people in. */
export async function personBy(prisma: PrismaClient, id: string): Promise<KnownPerson> {
  const profile = await prisma.profile.findUnique({
    where: { id },
    select: { username: { select: { display: true } } },
  })
  const user = await prisma.user.findUnique({ where: { id }, select: { email: true } })
  return { id, username: profile?.username?.display ?? null, email: user?.email ?? null }
}

/** The administrators, by id. */
export async function administrators(prisma: PrismaClient): Promise<KnownPerson[]> {
  const profiles = await prisma.profile.findMany({
    where: { administrator: true },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return Promise.all(profiles.map(({ id }) => personBy(prisma, id)))
}

/** Whether somebody's account was deleted. */
export async function isForgotten(prisma: PrismaClient, id: string): Promise<boolean> {
  const profile = await prisma.profile.findUnique({ where: { id }, select: { forgottenAt: true } })
  return profile !== null && profile.forgottenAt !== null
}

export async function isAdministrator(prisma: PrismaClient, id: string): Promise<boolean> {
  const profile = await prisma.profile.findUnique({ where: { id }, select: { administrator: true } })
  return profile?.administrator ?? false
}

/** Makes somebody an administrator, or no longer one. */
export async function setAdministrator(
  prisma: PrismaClient,
  {
    person,
    administrator,
  }: { person: { readonly id: string; readonly name: string }; administrator: boolean },
): Promise<void> {
  await prisma.profile.upsert({
    where: { id: person.id },
    create: { id: person.id, displayName: person.name, administrator },
    update: { administrator },
  })
}
