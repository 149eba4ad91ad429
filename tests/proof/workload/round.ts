import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../../../server/domain/random.ts'
import { nowNs } from '../clock.ts'
import type { ClockMoves } from '../faults/clock-moves.ts'
import type { DibsServer } from '../system/dibs-server.ts'
import type { Crowd, Person } from '../system/people.ts'
import { live } from './client.ts'
import type { Connection } from './connection.ts'
import { readAll } from './last-reads.ts'
import { type Mix, mixes, type Names, namesOf } from './names.ts'
import { type Ended, endedIn } from './outcome.ts'
import { type Acknowledged, recordTo, type Seen, type Settling } from './recorder.ts'
import type { Tally } from './tally.ts'
import { type Asked, wireOf } from './wire.ts'

/** What all rounds of a run have in common. */
export interface Field {
  readonly servers: readonly DibsServer[]
  readonly settling: Settling
  readonly connections: ReadonlyMap<DibsServer, Connection>
  readonly tally: Tally
  readonly seed: number
  /** How many names are contended in a round. */
  readonly names: number
  readonly callsPerRound: number
  readonly clock: ClockMoves
  /** Is told that a round has only its last reads before it, in which nothing more should go wrong. */
  onLastReads(): void
  /** Whether the run is to end. */
  isOver(): boolean
}

/** A round while it goes on: people and names of its own, and a history. */
export interface Round {
  readonly field: Field
  readonly crowd: Crowd
  readonly names: Names
  /** Whether somebody who is done with something begins with something else. */
  goesOn(): boolean
  call(asking: Asking, asked: Asked): Promise<Ended>
  /** A server that takes requests, mostly the caller's own; another than one that failed. */
  server(home: number, random: () => number, failed?: DibsServer): Promise<DibsServer>
}

/** Who asks, and whom. */
export interface Asking {
  readonly process: string
  readonly by: Person | null
  readonly server: DibsServer
  /** After so long they go on as if there were no answer; one that comes yet is in the history all the same. */
  readonly patienceMs: number
  /** After so long they break the connection, so that nobody hears of an answer. */
  readonly withinMs: number
}

export interface RoundOver {
  readonly number: number
  readonly mix: Mix
  readonly file: string
  readonly acknowledged: readonly Acknowledged[]
  readonly unknown: readonly Seen[]
  /** Whether everything was read once more at its end. */
  readonly isWhole: boolean
}

/** Of two devices each third one belongs to somebody who has another. */
export function clientsOf(people: number): number {
  return Math.ceil((people * 4) / 3)
}

const usualServer = 0.8
/** How often is looked whether a server is back. */
const lookMs = 10

/** Lets people and administrators use the system for so many calls, then reads what everything came to. */
export async function runRound(
  field: Field,
  { number, crowd, file }: { number: number; crowd: Crowd; file: string },
): Promise<RoundOver> {
  const { servers, connections, tally, seed, callsPerRound } = field
  const mix = mixes[number % mixes.length] ?? 'even'
  const recorder = recordTo(file, field.settling)
  const clockStopped = field.clock.into(recorder.addClock)
  const last = tally.calls + callsPerRound
  const ids = new Map<string, number>()
  /** Those that are still to come. */
  const answers = new Set<Promise<Ended>>()

  const round: Round = {
    field,
    crowd,
    names: namesOf(number, field.names, mix),
    goesOn: () => tally.calls < last && !field.isOver(),
    call(asking, asked) {
      const calling = record(asking, asked)
      answers.add(calling)
      void calling.finally(() => answers.delete(calling))
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve({ kind: 'UNKNOWN', because: 'late' }), asking.patienceMs)
        void calling.then((ended) => {
          clearTimeout(timer)
          resolve(ended)
        })
      })
    },
    async server(home, random, failed) {
      for (;;) {
        const up = servers.filter((server) => server.isUp)
        const others = up.filter((server) => server !== failed)
        const own = servers[home % servers.length]
        if (own && others.includes(own) && random() < usualServer) return own
        const among = others.length > 0 ? others : up
        const any = among[Math.floor(random() * among.length)]
        if (any) return any
        await sleep(lookMs)
      }
    },
  }

  async function record({ process, by, server, withinMs }: Asking, asked: Asked): Promise<Ended> {
    const at = ids.get(process) ?? 0
    ids.set(process, at + 1)
    const id = `${process}:${at}`
    const { life } = server
    const wire = wireOf(asked, (person) => `${person}@people.example`)
    const called = nowNs()
    const calledAt = Date.now()
    const reply = await connections.get(server)?.send(wire, by?.authorization ?? null, withinMs)
    const returned = nowNs()
    if (reply === undefined || ('lost' in reply && !reply.isSent)) {
      tally.notSent += 1
      return { kind: 'UNKNOWN', because: 'not sent' }
    }
    const outcome = endedIn(asked, reply)
    tally.count(server, asked, outcome, id, returned)
    const { procedure, input } = asked
    const times = { call: called, return: returned, calledAt }
    const seen = { id, process, ...times, by: by?.id ?? null, procedure, input, outcome }
    if (isUnknown(outcome)) recorder.addUnknown(seen, server, server.life === life ? life : null)
    else recorder.add(seen)
    return outcome
  }

  const { people, administrators } = crowd
  const lives = Array.from({ length: clientsOf(people.length) }, (_, at) =>
    live(round, { name: `client-${at}`, at, person: people[at % people.length], isAdministrator: false }),
  )
  const deeds = administrators.map((person, at) =>
    live(round, { name: `admin-${at}`, at, person, isAdministrator: true }),
  )
  await Promise.all([...lives, ...deeds])
  await Promise.all(answers)
  field.onLastReads()
  const isWhole = await readAll(round, randomFrom(seed + number))
  await clockStopped()
  await recorder.close()
  return {
    number,
    mix,
    file,
    acknowledged: recorder.acknowledged,
    unknown: recorder.unknown,
    isWhole,
  }
}

/** Whether nobody knows what a call did. */
export function isUnknown({ kind }: Ended): boolean {
  return kind === 'UNKNOWN' || kind === 'UNAVAILABLE' || kind === 'UNEXPECTED'
}
