import { expect, test } from 'vitest'
import { keepTrying } from '../../server/database/keep-trying.ts'

const waits = { leastWaitMs: 1, mostWaitMs: 1 }

test('work that fails is done again until it succeeds, and complained of once', async () => {
  const complaints: string[] = []
  let tries = 0
  const work = async () => {
    tries += 1
    if (tries < 4) throw new Error(`failed ${tries}`)
    return tries
  }
  const complain = ({ message }: Error) => void complaints.push(message)
  const { signal } = new AbortController()
  expect(await keepTrying(work, { ...waits, signal, complain })).toBe(4)
  expect(complaints).toEqual(['failed 1'])
})

test.each(['fails', 'succeeds'])('work that is ended and then %s is not complained of', async (how) => {
  const ending = new AbortController()
  const complaints: string[] = []
  const work = async () => {
    ending.abort()
    if (how === 'fails') throw new Error('Connection terminated')
  }
  const complain = ({ message }: Error) => void complaints.push(message)
  await expect(keepTrying(work, { ...waits, signal: ending.signal, complain })).rejects.toThrow()
  expect(complaints).toEqual([])
})
