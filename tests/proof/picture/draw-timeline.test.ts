import { expect, test } from 'vitest'
import { Username } from '../../../shared/username.ts'
import type { Call } from '../history.ts'
import { drawTimeline } from './draw-timeline.ts'

const call = (id: string, outcome: Call['outcome'], by = 'ann'): Call => ({
  id,
  process: id.split(':')[0] ?? '',
  call: 1e6,
  return: 2e6,
  by,
  procedure: 'profile.claimUsername',
  input: { username: Username.parse('ada') },
  outcome: outcome as never,
})
const won = call('client-2:1', { kind: 'OK', answer: { claimedAt: '1' } })
const lost = call('client-10:1', { kind: 'USERNAME_TAKEN' }, '<b>&"')
const unknown = call('client-1:1', { kind: 'UNKNOWN', because: 'reset' })
const faults = [{ name: 'kill-server', from: 0, to: 3e6, what: 'server-1 was killed' }]
const page = drawTimeline({
  title: 'Ada <script>',
  calls: [won, lost, unknown],
  faults,
  order: [won, lost],
  highlighted: [lost.id],
})

test('a page needs nothing but itself', () => {
  expect(page).not.toMatch(/\b(src|href)=|@import|url\(|https?:/)
})

test('what people called themselves is text', () => {
  expect(page).toContain('Ada &lt;script&gt;')
  expect(page).not.toContain('<b>')
})

test('each call is a bar and a row, with who, when, what, and its place in the order', () => {
  expect(page.match(/<g class="call /g)).toHaveLength(3)
  expect(page).toContain('<g class="call refused marked"')
  expect(page).toContain('<g class="call unknown"')
  expect(page).toContain(
    '<tr class="done"><td>1</td><td>0.0010 s</td><td>0.0020 s</td><td>client-2</td><td>ann</td><td>claimed &quot;ada&quot;</td><td>was told that it is theirs, since 1</td></tr>',
  )
})

test('lanes are in the order of their numbers, and faults are told of', () => {
  expect([...page.matchAll(/<li style="[^"]*">([^<]*)</g)].map(([, lane]) => lane)).toEqual([
    'client-1',
    'client-2',
    'client-10',
  ])
  expect(page).toContain('kill-server: server-1 was killed')
})

test('a history of nothing can be drawn', () => {
  expect(drawTimeline({ title: 'Nothing', calls: [], faults })).toContain('Nothing')
})
