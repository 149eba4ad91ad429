import { expect, test } from 'vitest'
import { originForm } from '../../server/http/origin-form.ts'

test.each([
  ['/', '/'],
  ['/a?b=http://c/d', '/a?b=http://c/d'],
  ['//a/b', '//a/b'],
  ['/a#b?c', '/a'],
  ['http://u:p@host:1', '/'],
  ['HTTPS://host?a=/b', '/?a=/b'],
  ['http://host/a?b=http://c/d#e', '/a?b=http://c/d'],
  ['*', '*'],
])('the target %s is %s', (url, target) => {
  expect(originForm({ url })).toBe(target)
})
