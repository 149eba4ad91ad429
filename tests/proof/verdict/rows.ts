import type { Database } from '../../../server/database/open.ts'
import { skeleton } from '../../../shared/confusables.ts'
import { Username } from '../../../shared/username.ts'
import type { Acknowledged } from '../workload/recorder.ts'

/** What the database holds at the end otherwise than it must, a sentence each. */
export interface RowsVerdict {
  readonly names: number
  readonly changes: number
  readonly violations: readonly string[]
}

/** So many violations of a kind are told. */
const mostTold = 10

/**
 * Judges the rows: each acknowledged claim is in the history of names, a person's current name is
 * theirs and they have one at most, no two people have names that look alike, and the table of names
 * is what its history says.
 */
export async function judgeRows(
  { prisma }: Database,
  acknowledged: readonly Acknowledged[],
): Promise<RowsVerdict> {
  const rows = (sql: string) => prisma.$queryRawUnsafe<Record<string, unknown>[]>(sql)
  const violations: string[] = []
  const told = (what: string, found: readonly unknown[]) => {
    if (found.length === 0) return
    const some = found.slice(0, mostTold).map((one) => JSON.stringify(one))
    violations.push(`${found.length} ${what}: ${some.join(', ')}`)
  }

  const claimed = new Set((await rows(ofClaims)).map(({ key, owner_id, at }) => `${key} ${owner_id} ${at}`))
  told(
    'acknowledged claims are not in the history of names',
    acknowledged.filter(({ key, by, claimedAt }) => !claimed.has(`${key} ${by} ${claimedAt}`)),
  )
  told('people have a current name that is not theirs', await rows(notTheirs))
  told('current names are of nobody’s profile', await rows(notCurrent))
  told('names are not what their history says', await rows(notAsHistory))
  told('profiles are not what the history of names says', await rows(profilesNotAsHistory))
  told('names have more than one row, whatever their capitals', await rows(twice))
  told('looks are those of names of different people', sharedLooks(await rows(owned)))
  const [counts] = await rows(
    'SELECT (SELECT count(*)::int FROM usernames) AS names, (SELECT count(*)::int FROM username_changes) AS changes',
  )
  return { names: Number(counts?.names), changes: Number(counts?.changes), violations }
}

/** The names of each look that more than one person has; by what is displayed, whatever the row says of it. */
function sharedLooks(names: readonly Record<string, unknown>[]): string[][] {
  const looks = new Map<string, typeof names>()
  for (const name of names) {
    const look = skeleton(Username.parse(name.display))
    looks.set(look, [...(looks.get(look) ?? []), name])
  }
  return [...looks.values()].flatMap((alike) =>
    new Set(alike.map(({ owner_id }) => owner_id)).size > 1
      ? [alike.map(({ display }) => String(display))]
      : [],
  )
}

/** Whether as their current names or as such that are held for them. */
const owned = `
  SELECT display, owner_id FROM usernames
  WHERE owner_id IS NOT NULL AND (held_until IS NULL OR held_until > now()) ORDER BY key`

/** As the wire writes instants. */
const ofClaims = `
  SELECT key, owner_id, to_char(claimed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
  FROM username_changes WHERE status = 'current'`

const notTheirs = `
  SELECT p.id, p.username_key FROM profiles p LEFT JOIN usernames u ON u.key = p.username_key
  WHERE p.username_key IS NOT NULL AND (u.owner_id IS DISTINCT FROM p.id OR u.held_until IS NOT NULL)`

const notCurrent = `
  SELECT u.key, u.owner_id FROM usernames u LEFT JOIN profiles p ON p.id = u.owner_id
  WHERE u.owner_id IS NOT NULL AND u.held_until IS NULL AND p.username_key IS DISTINCT FROM u.key`

/** The last change of each name. */
const last = 'SELECT DISTINCT ON (key) * FROM username_changes ORDER BY key, id DESC'

const columns = 'key, display, owner_id, claimed_at, held_until, reserved_because, reserved_for'

const notAsHistory = `
  SELECT * FROM (
    (SELECT ${columns} FROM usernames EXCEPT SELECT ${columns} FROM (${last}) AS rebuilt)
    UNION ALL
    (SELECT ${columns} FROM (${last}) AS rebuilt EXCEPT SELECT ${columns} FROM usernames)
  ) AS differing`

const profilesNotAsHistory = `
  SELECT p.id, p.username_key, rebuilt.key FROM profiles p
  FULL JOIN (SELECT * FROM (${last}) AS changes WHERE status = 'current') AS rebuilt ON rebuilt.owner_id = p.id
  WHERE p.username_key IS DISTINCT FROM rebuilt.key`

const twice = 'SELECT lower(display) AS name, count(*)::int FROM usernames GROUP BY 1 HAVING count(*) > 1'
