import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { line, rates, results } from './made-up.ts'
import { chartOf } from './report/chart.ts'
import { chartFile, readmeFile, savedResults, withResults } from './report/save.ts'

const chart = chartOf(
  results({
    closed: [
      line('dibs', 'win', 1, rates(7)),
      line('dibs', 'win', 64, rates(1500, 1600, 1700)),
      line('by-hand', 'win', 64, rates(1000, 1000, 1000)),
      line('stock', 'lose', 64, rates(12.3)),
    ],
  }),
)

/** Names of elements that are not closed, or not in the order in which they were opened. */
function unclosed(xml: string): string[] {
  const open: string[] = []
  for (const [, slash, name = '', rest] of xml.matchAll(/<(\/?)([a-z]+)([^<>]*)>/g)) {
    if (rest?.endsWith('/')) continue
    if (slash === '/' && open.at(-1) === name) open.pop()
    else open.push(name)
  }
  return open
}

describe('the chart', () => {
  test('is well-formed, and says the same in words', () => {
    expect(unclosed(chart)).toEqual([])
    expect(unclosed('<svg><g></svg>')).not.toEqual([])
    expect(chart).toContain('<title id="title">Claims a second through Dibs and through others</title>')
    expect(chart).toContain(
      '>Winning claims a second with 64 connections: Dibs 1,600; By hand 1,000. ' +
        'Losing claims a second with 64 connections: Stock tRPC, create and P2002 12.3.</desc>',
    )
  })

  test('has a bar for everybody with the most connections, as long as what they did', () => {
    const widths = [...chart.matchAll(/<rect class="(\w+)" .*? width="([\d.]+)"/g)].map(([, kind, width]) => [
      kind,
      Number(width),
    ])
    expect(widths).toHaveLength(3)
    const [[ours, dibs], [yardstick, byHand], [other]] = widths as [string, number][] as [
      [string, number],
      [string, number],
      [string, number],
    ]
    expect([ours, yardstick, other]).toEqual(['ours', 'yardstick', 'other'])
    expect(dibs / byHand).toBeCloseTo(1.6, 2)
  })

  test('has colours for the light and for the dark', () => {
    expect(chart).toContain('@media (prefers-color-scheme: dark)')
  })
})

describe('what was saved last', async () => {
  const saved = await savedResults()
  const readme = await readFile(readmeFile, 'utf8')

  test('is what the README and the chart say', async () => {
    if (saved === undefined) return
    expect(withResults(readme, saved)).toBe(readme)
    expect(chartOf(saved)).toBe(await readFile(chartFile, 'utf8'))
  })

  test('has its place in the README, and nowhere else', () => {
    expect(() => withResults(readme, results({}))).not.toThrow()
    expect(() => withResults('# Dibs', results({}))).toThrow('no place')
  })
})
