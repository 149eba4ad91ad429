import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { prismaDirectory } from './migration-engine.ts'
import { writeMigration } from './write-migration.ts'

const help = `Writes a migration from the changes in prisma/schema.prisma.

Usage: npm run db:migrate -- --name add_pronouns

  --name   what it does, in lower case letters, digits and underscores
  --empty  write one even if the schema has no changes, to fill in by hand
  --help   this text

Read the SQL and add what Prisma can't say, then run this again: it writes down what all migrations
make, in prisma/catalogue.txt, and their functions as they are then, in prisma/functions.sql. Commit all of it.
Starting Dibs applies it. Migrations that were released are never edited.
`

/** A mistake on the command line, told in a sentence. */
class UsageError extends Error {}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { name: { type: 'string' }, empty: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function run(): Promise<string> {
  const { name, empty = false, help: asked } = readArguments(process.argv.slice(2))
  if (asked) return help
  if (name === undefined) throw new UsageError('--name is missing. Try --name add_pronouns, or --help.')
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name) || name.length > 60) {
    throw new UsageError(`--name "${name}" must be lower case letters, digits and underscores, at most 60.`)
  }
  const written = await writeMigration({ directory: prismaDirectory, name, at: new Date(), empty })
  if (written === null) return 'The schema has no changes since the last migration: nothing to write.\n'
  const path = relative(process.cwd(), written.path)
  const warnings = written.warnings.map((warning) => `Warning: it ${warning}.\n`)
  return `Wrote ${path}\n${warnings.join('')}Read it, then start Dibs to apply it.\n`
}

try {
  process.stdout.write(await run())
  // The database in memory keeps timers.
  process.exit(0)
} catch (error) {
  const told = error instanceof UsageError ? error.message : error instanceof Error ? error.stack : error
  process.stderr.write(`${told}\n`)
  process.exit(1)
}
