import { describe, expect, test } from 'vitest'
import { figure, table, times } from './report/table.ts'
import { ratioOf, spreadOf } from './statistics.ts'

describe('figures of several rounds', () => {
  test('have a middle, a least and a most', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 })
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, least: 1, most: 4 })
    expect(spreadOf([7])).toEqual({ median: 7, least: 7, most: 7 })
  })

  test('are compared round by round, so that a slow round is slow for both', () => {
    expect(ratioOf([200, 20, 210], [100, 10, 100])).toEqual({ median: 2, least: 2, most: 2.1 })
  })

  test('are not compared where the other has none', () => {
    expect(ratioOf([200, 100], [100])).toEqual({ median: 2, least: 2, most: 2 })
    expect(ratioOf([200], []).median).toBeNaN()
  })

  test.each([
    [0, '0'],
    [0.0004, '0'],
    [0.87, '0.87'],
    [12.34, '12.3'],
    [1234.5, '1,235'],
  ])('%d is said as %s', (value, said) => {
    expect(figure(value)).toBe(said)
  })

  test('are said with their spread', () => {
    expect(times({ median: 0.034, least: 0.03, most: 1.5 })).toBe('0.03× (0.03 to 1.50)')
  })

  test('stand to the right in a table', () => {
    expect(table(['who', 'much'], [['neo', '1']])).toBe('| who | much |\n|---|---:|\n| neo | 1 |\n')
  })
})
