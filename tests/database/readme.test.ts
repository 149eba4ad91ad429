import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../server/root.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const migrations = readdirSync(join(root, 'prisma', 'migrations'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `prisma/migrations/${name}/migration.sql`)
  .sort()

const links = [...readme.matchAll(/\[([^\]]+)\]\((prisma\/migrations\/[^)]+)\)/g)].map(
  ([, words = '', migration]) => ({ words, migration }),
)

test('the README links to every function that claims', () => {
  expect(new Set(links.map(({ words }) => words))).toEqual(
    new Set(['`claim_username`', '`claim_usernames`', '`claim_step_by_step`', 'the order of its locks']),
  )
})

test.each(links)('the README finds $words in the migration that made it last', ({ words, migration }) => {
  const name = /^`(\w+)`$/.exec(words)?.[1]
  const made = name === undefined ? '-- Order of locks:' : ` FUNCTION ${name}(`
  expect(migration).toBe(migrations.findLast((path) => readFileSync(join(root, path), 'utf8').includes(made)))
})
