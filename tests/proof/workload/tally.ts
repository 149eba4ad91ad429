import type { DibsServer } from '../system/dibs-server.ts'
import type { Ended } from './outcome.ts'
import { type Asked, isMutation } from './wire.ts'

/** What is counted while a proof runs. */
export interface Tally {
  calls: number
  claims: number
  /** By kind. */
  readonly outcomes: Map<string, number>
  /** Calls of which nobody knows what they did, by what was seen in place of an answer. */
  readonly unknown: Map<string, number>
  /** Requests of which nothing got onto the wire: no calls. */
  notSent: number
  /** Answers that nobody should get, the first few in words. */
  readonly wrong: string[]
  wrongAnswers: number
  count(server: DibsServer, asked: Asked, ended: Ended, id: string, at: number): void
  /** Is told when a server has done something, in nanoseconds of the clock. */
  onDone: (server: DibsServer, at: number) => void
}

/** How nothing that is asked here may end: all who ask may, and ask as they should. */
const wrongKinds: ReadonlySet<string> = new Set([
  'UNEXPECTED',
  'INVALID_INPUT',
  'SIGNED_OUT',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
  'ADMINISTRATORS_ONLY',
  'PERSON_NOT_FOUND',
])
const mostInWords = 20

export function newTally(): Tally {
  const tally: Tally = {
    calls: 0,
    claims: 0,
    outcomes: new Map(),
    unknown: new Map(),
    notSent: 0,
    wrong: [],
    wrongAnswers: 0,
    onDone() {},
    count(server, asked, { kind, because = '' }, id, at) {
      tally.calls += 1
      if (asked.procedure === 'profile.claimUsername') tally.claims += 1
      increase(tally.outcomes, kind)
      if (kind === 'OK') {
        if (isMutation(asked)) tally.onDone(server, at)
      } else if (kind === 'UNKNOWN' || kind === 'UNAVAILABLE') increase(tally.unknown, because)
      else if (wrongKinds.has(kind)) {
        tally.wrongAnswers += 1
        if (tally.wrong.length < mostInWords)
          tally.wrong.push(`${id} on ${server.name}: ${asked.procedure} ended in ${kind} ${because}`.trim())
      }
    },
  }
  return tally
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
