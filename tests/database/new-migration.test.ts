import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prismaDirectory } from '../../server/database/migration-engine.ts'
import { writeMigration } from '../../server/database/write-migration.ts'
import { root } from '../../server/root.ts'

const at = new Date('2027-01-02T03:04:05.678Z')

describe('a new migration', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dibs-prisma-'))
    await cp(prismaDirectory, directory, { recursive: true })
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function editSchema(edit: (schema: string) => string) {
    const path = join(directory, 'schema.prisma')
    await writeFile(path, edit(await readFile(path, 'utf8')))
  }
  const migrations = async () => (await readdir(join(directory, 'migrations'))).sort()

  test('is not needed for the schema as it is, whose handwritten part is written down', async () => {
    const before = await migrations()
    const files = ['catalogue.txt', 'functions.sql']
    for (const file of files) await rm(join(directory, file))
    expect(await writeMigration({ directory, name: 'nothing', at, empty: false })).toBeNull()
    expect(await migrations()).toEqual(before)
    // A difference here: the migrations changed by hand, and "npm run db:migrate" was not run after.
    for (const file of files) {
      const written = await readFile(join(prismaDirectory, file), 'utf8')
      expect(await readFile(join(directory, file), 'utf8'), file).toBe(written)
    }
  })

  test('holds what the schema has changed, under its time and name, and leads there', async () => {
    await editSchema((schema) => schema.replace(/^( *bio .*)$/m, '$1\n  motto String @default("")'))
    const path = join(directory, 'migrations', '20270102030405_add_motto', 'migration.sql')
    const written = await writeMigration({ directory, name: 'add_motto', at, empty: false })
    expect(written).toEqual({ path, warnings: [] })
    expect(await readFile(path, 'utf8')).toBe(
      `-- AlterTable\nALTER TABLE "profiles" ADD COLUMN     "motto" TEXT NOT NULL DEFAULT '';\n`,
    )
    expect(await writeMigration({ directory, name: 'again', at, empty: false })).toBeNull()
  })

  test('warns, in itself too, of what it may lose and where it may fail', async () => {
    await editSchema((schema) =>
      schema
        .replace(/^ *company .*\n/m, '  employer String\n')
        .replace(/^( *pronouns +String).*$/m, '$1 @unique')
        .replace(/^( *)version +Int/m, '$1version BigInt')
        .replace('image         String?', 'image         String')
        .replace(/^model RateLimit \{.*?^\}/ms, 'model Fresh {\n  id String @id\n  name String @unique\n}'),
    )
    const written = await writeMigration({ directory, name: 'all_at_once', at, empty: false })
    expect([...(written?.warnings ?? [])].sort()).toEqual([
      "converts version, and fails where a value can't be",
      'drops the column company with all its values',
      'drops the table rate_limits with all its rows',
      'fails where image is null',
      'fails where rows are alike: profiles_pronouns_key is unique',
      'fails where there are rows: employer has no default',
    ])
    const sql = await readFile(written?.path ?? '', 'utf8')
    expect(sql).toMatch(/^(-- Warning: .*\.\n){6}\n?-- /)
  })

  test('may be empty, to be written by hand, which is then written down', async () => {
    const written = await writeMigration({ directory, name: 'by_hand', at, empty: true })
    expect(await readFile(written?.path ?? '', 'utf8')).toBe('-- This is an empty migration.\n')
    await writeFile(
      written?.path ?? '',
      `ALTER TABLE profiles ADD CONSTRAINT short CHECK (length(bio) < 1000);`,
    )
    await writeMigration({ directory, name: 'nothing', at, empty: false })
    const listed = await readFile(join(directory, 'catalogue.txt'), 'utf8')
    expect(listed).toMatch(/\ncheck profiles short \w{16}\n/)
  })
})

describe('npm run db:migrate', () => {
  /** Runs it with arguments that end it before it writes. */
  async function run(...args: string[]) {
    const command = ['run', '--silent', 'db:migrate', '--', ...args]
    return promisify(execFile)('npm', command, { cwd: root }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
    )
  }

  test('explains itself', async () => {
    expect(await run('--help')).toEqual({ code: 0, said: expect.stringContaining('--name add_pronouns') })
  })

  test.each([
    { args: [], says: '--name is missing' },
    { args: ['--name', 'Add Pronouns'], says: '--name "Add Pronouns" must be lower case' },
    { args: ['--name', '../up'], says: '--name "../up" must be lower case' },
    { args: ['--nmae', 'x'], says: "Unknown option '--nmae'" },
  ])('with $args fails in one sentence', async ({ args, says }) => {
    const { code, said } = await run(...args)
    expect(code).toBe(1)
    expect(said).toContain(says)
    expect(said).not.toMatch(/\n\s+at /)
  })

  test('says that there is nothing to write', async () => {
    expect(await run('--name', 'nothing')).toEqual({ code: 0, said: expect.stringContaining('no changes') })
  })
})
