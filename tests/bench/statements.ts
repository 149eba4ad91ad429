import { confusablesVersion } from '../../shared/confusables.ts'
import { byHandClaim } from './peers/by-hand-claim.ts'
import { inSql, mostPeople } from './people.ts'
import type { ServerName } from './servers/servers.ts'

/** A statement that makes some claims at once, by people from number `:at` on. */
interface Statement {
  /** Whose database it is for. */
  readonly server: ServerName
  readonly claims: number
  /** @param name SQL for the name that is claimed by the person whose number is this SQL's */
  sql(name: (at: string) => string): string
}

/** The most of what Dibs sends for a claim alone, and for those that wait together. */
export const statements = {
  'by hand': {
    server: 'by-hand',
    claims: 1,
    sql: (name) => byHandClaim.replaceAll(/\$[12]/g, name(':at')).replace('$3', inSql.personId(':at')),
  },
  claim_username: {
    server: 'dibs',
    claims: 1,
    sql: (name) =>
      `SELECT c.*, CASE WHEN c.outcome = 'taken' THEN free_usernames(${candidates}, ${candidates}, 5) END
      FROM claim_username(
        ${inSql.personId(':at')}, 'Somebody', NULL, ${name(':at')}, ${name(':at')}, ${rules}, NULL) AS c`,
  },
  claim_usernames: {
    server: 'dibs',
    claims: 16,
    sql: (name) =>
      `SELECT c.*, CASE WHEN c.outcome = 'taken' THEN free_usernames(${candidates}, ${candidates}, 5) END
      FROM claim_usernames(
        ${together(inSql.personId('p.at'))}, ${together("'Somebody'")}, ${together('NULL')},
        ${together(name('p.at'))}, ${together(name('p.at'))}, ${rules},
        ${together('NULL')}) AS c ORDER BY c.at`,
  },
} as const satisfies Record<string, Statement>
export type StatementName = keyof typeof statements
export const allStatements = Object.keys(statements) as StatementName[]

/** Six names of which a loser is told five. */
const candidates = `'{${['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `candidate-${letter}`)}}'::text[]`
/** As for load tests: names are held for 90 days, and people may rename themselves as often as they like. */
const rules = `'${confusablesVersion}', 90, NULL, 0`

function together(each: string): string {
  return `ARRAY(SELECT ${each}::text FROM generate_series(:at, :at + 15) AS p(at))`
}

/** People whom no server's database has, each with a name of their own. */
const somebody = `\\set at random(${mostPeople}, ${16 ** 7 - 16})`
/** So many names are taken in every database. */
const takenNames = 1000

/** The script for pgbench of a statement in which everybody wins a free name, or loses to the owner of one. */
export function scriptOf(name: StatementName, operation: 'win' | 'lose'): string {
  const claimed = (at: string) => inSql.name(operation === 'win' ? at : `(${at}) % ${takenNames}`)
  return `${somebody}\n${statements[name].sql(claimed).replace(/\s+/g, ' ')};\n`
}
