import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import * as z from 'zod'

const file = 'functions.sql'
const heading =
  '-- The functions that the migrations make, as they are now, to be read. Written by "npm run db:migrate".'

/** Only those of the schema itself, with their comments. */
const listing = `
  SELECT pg_get_functiondef(p.oid), pg_get_function_arguments(p.oid), obj_description(p.oid, 'pg_proc')
  FROM pg_proc p
  WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
  ORDER BY proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"`

const Row = z.tuple([z.string(), z.string(), z.nullable(z.string())])

/**
 * The functions of a schema as SQL, for a person to read: they are spread over the migrations, of which
 * the last that made one counts.
 */
export async function printFunctions(session: SqlDriverAdapter): Promise<string> {
  const { rows } = await session.queryRaw({ sql: listing, args: [], argTypes: [] })
  const printed = rows.map((row) => {
    const [definition, signature, comment] = Row.parse(row)
    const body = definition.replace(`(${signature})`, () => `(${inLines(signature)})`).trim()
    return `${comment === null ? '' : commented(comment)}${body};\n`
  })
  return [`${heading}\n`, ...printed].join('\n')
}

/** Keeps them beside the migrations. */
export async function writeFunctions(directory: string, printed: string): Promise<void> {
  if ((await readFunctions(directory)) === printed) return
  await writeFile(join(directory, file), printed)
}

/** As `writeFunctions` kept them; empty where it didn't. */
export function readFunctions(directory: string): Promise<string> {
  return readFile(join(directory, file), 'utf8').catch(() => '')
}

/** Of more than a few each argument has a line of its own. None has a comma in its type. */
function inLines(signature: string): string {
  return signature.length < 60 ? signature : `\n    ${signature.split(', ').join(',\n    ')}\n`
}

function commented(comment: string): string {
  return comment
    .trim()
    .split('\n')
    .map((line) => `${`-- ${line}`.trimEnd()}\n`)
    .join('')
}
