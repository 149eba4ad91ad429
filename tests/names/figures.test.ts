import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { rows } from './measure/table.ts'

test('as many real names and words look alike as the README says', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(rows('skeleton').filter((row) => !readme.includes(row))).toEqual([])
})
