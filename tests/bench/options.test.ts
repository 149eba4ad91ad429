import { describe, expect, test } from 'vitest'
import { Stop } from '../race/command/stop.ts'
import { help, readOptions } from './command/options.ts'

describe('the options of the bench', () => {
  test('measure all but growth with nothing said', () => {
    const { only, contestants, connections, rounds, names } = readOptions([])
    expect(only).toContain('win')
    expect(only).toContain('types')
    expect(only).not.toContain('growth')
    expect(contestants).toContain('better-auth')
    expect({ connections, rounds, names }).toEqual({ connections: [1, 16, 64], rounds: 5, names: 10_000 })
  })

  test('measure less in a hurry, but what is asked for', () => {
    const quick = readOptions(['--quick', '--connections', '8'])
    expect(quick.contestants).toEqual(['dibs', 'by-hand', 'stock', 'seed'])
    expect(quick.connections).toEqual([8])
    expect(quick.rounds).toBeLessThan(5)
  })

  test('measure with nothing warmed up where that is asked for', () => {
    expect(readOptions(['--warm-up', '0']).warmUp).toBe(0)
  })

  test('take parts in the order in which they run', () => {
    expect(readOptions(['--only', 'types,lose,win']).only).toEqual(['win', 'lose', 'types'])
  })

  test('measure growth where sizes are given, in thousands and millions', () => {
    const { only, growth } = readOptions(['--growth', '10k,2M'])
    expect(only).toContain('growth')
    expect(growth).toEqual([10_000, 2_000_000])
  })

  test.each([
    [['--only', 'winn'], '--only must be of win, lose'],
    [['--contestants', 'rails'], '--contestants must be of dibs'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 99, not "0".'],
    [['--seconds', '1.5'], '--seconds must be'],
    [['--warm-up', '0', '--save'], '--save needs a warm-up of 1 second at least.'],
    [['--warm-up', '9'], '--warm-up must be a whole number from 0 to 8, not "9".'],
    [['--connections', '1,x'], '--connections must be a whole number from 1 to 1000, not "x".'],
    [['--growth', '20M'], '--growth must be'],
    [['--quik'], 'Unknown option \'--quik\'. "npm run bench -- --help" lists the options.'],
  ])('refuse %j', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(Stop)
    expect(() => readOptions(args)).toThrow(sentence)
  })

  test('are all in the help', () => {
    for (const option of [
      'quick',
      'only',
      'contestants',
      'connections',
      'rounds',
      'seconds',
      'warm-up',
      'names',
    ]) {
      expect(help).toContain(`--${option} `)
    }
    for (const option of ['growth', 'profile', 'json', 'save', 'help']) expect(help).toContain(`--${option}`)
  })
})
