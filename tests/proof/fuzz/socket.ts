import { once } from 'node:events'
import { connect } from 'node:net'
import { type Answer, answersIn } from './answers.ts'

/** Looks at whether something came, this many milliseconds apart. */
const lookMs = 50
/** In looks rather than in time, so that a machine that stood still for a while is no hang. */
const usualPatience = 160

/** What becomes of the connection once all is written. */
export type Ending =
  /** Waits for the answer. */
  | 'wait'
  /** Says after a moment of silence that nothing more comes, as who was cut off does. */
  | 'end'
  /** Breaks the connection, after the first that comes if anything comes at once. */
  | 'reset'

interface How {
  readonly ending?: Ending
  readonly head?: boolean
  /** After so many looks a connection that is still open hangs. */
  readonly patience?: number | undefined
}

export interface Exchange {
  readonly answers: readonly Answer[]
  /** Whether the server kept the connection open, long after everything was said. */
  readonly hung: boolean
  /** Whether it was us who hung up, before the end of an answer or without one. */
  readonly left: boolean
}

/** Writes these bytes on a connection of its own, in pieces if asked to, and reads all that comes back. */
export async function exchange(
  port: number,
  pieces: readonly Buffer[],
  { ending = 'wait', head = false, patience = usualPatience }: How = {},
): Promise<Exchange> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const came: Buffer[] = []
  let left = false
  let hung = false
  // A server that refuses what is still being sent may reset the connection.
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('data', (chunk) => {
    came.push(chunk)
    const isOver = ending === 'reset' || isStreaming(came)
    if (isOver) leave()
  })
  function leave() {
    left = true
    socket.resetAndDestroy()
  }
  for (const piece of pieces) {
    if (socket.destroyed) break
    socket.write(piece)
    if (pieces.length > 1) await new Promise(setImmediate)
  }
  let looks = 0
  const looking = setInterval(() => {
    looks += 1
    if (ending === 'reset') leave()
    else if (ending === 'end' && looks === 2) {
      left = true
      socket.end()
    } else if (looks === patience) {
      hung = true
      socket.destroy()
    }
  }, lookMs)
  await closed
  clearInterval(looking)
  return { answers: answersIn(Buffer.concat(came), { head, whole: !left }), hung, left }
}

/** Whether what came is a stream that goes on for ever, with an event of ours in it. */
function isStreaming(came: readonly Buffer[]): boolean {
  const text = Buffer.concat(came).toString('latin1')
  return /^content-type: text\/event-stream/im.test(text) && /^data: .*(status|kind)/m.test(text)
}
