import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { type Fixture, fixtures } from './mistaken-programs.ts'
import { type Complaint, check, compilers } from './typescript-versions.ts'

/** A project beside `client/` and `server/`, so that what it imports is what they are. */
let project: string
beforeAll(async () => {
  await mkdir(join(root, 'dist'), { recursive: true })
  project = await mkdtemp(join(root, 'dist', 'types-'))
  const typeTests = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test-d.ts'))
  const files = fixtures.flatMap((_, index) => [`right-${index}.ts`, `wrong-${index}.ts`])
  await Promise.all(
    fixtures.flatMap((fixture, index) => [
      writeFile(join(project, `right-${index}.ts`), here(fixture.code)),
      writeFile(join(project, `wrong-${index}.ts`), here(mistaken(fixture))),
    ]),
  )
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false },
      files: [...files, ...typeTests.map((name) => join(import.meta.dirname, name))],
      include: ['../../server/**/*.d.ts'],
    }),
  )
})
afterAll(() => rm(project, { recursive: true, force: true }))

function here(code: string): string {
  return code.replaceAll("from '../", "from '../../")
}

function mistaken({ code, change: [from, to] }: Fixture): string {
  if (code.split(from).length !== 2) throw new Error(`${from} must stand in the code once`)
  return code.replace(from, () => to)
}

describe.each(compilers)('%s', (_, compiler) => {
  let complaints: Complaint[]
  beforeAll(async () => {
    complaints = await check(compiler, project)
  })

  test('has nothing to say of the type tests, nor of what they import', () => {
    expect(complaints.filter(({ file }) => !file.startsWith('wrong-'))).toEqual([])
  })

  test.each(fixtures.map((fixture, index) => [fixture.mistake, fixture, index] as const))(
    'refuses %s, in its line',
    (_, fixture, index) => {
      const lines = mistaken(fixture).split('\n')
      const line = lines.findIndex((text) => text.includes(fixture.at)) + 1
      const about = complaints.filter(({ file }) => file === `wrong-${index}.ts`)
      expect(about.map((complaint) => complaint.line)).toEqual(about.map(() => line))
      expect(about.map(({ message }) => message).join()).toMatch(fixture.says)
    },
  )
})
