import type { Portion } from './way.ts'

/** With these bytes of a client the server commits what it has been told to write. */
export type Told = 'commit' | null
/** With these bytes of a server it is done with what it was told: it did it, or failed. */
export type Answered = 'done' | 'failed' | null

/** One client's talk with PostgreSQL, cut where a commit begins and where it is answered. */
export interface Conversation {
  toServer(piece: Buffer): Portion<Told>[]
  toClient(piece: Buffer): Portion<Answered>[]
}

/** What Dibs changes names with, and SQL that changes anything. */
const writes =
  /\b((claim|release|transfer|reserve)_usernames?|free_username)\s*\(|\b(insert\s+into|delete\s+from|update\b[^;]*\bset)\b/i
const commits = /^\s*(commit|end)\b/i

/** What a statement has to do with commits. */
type Kind = 'write' | 'commit' | undefined

function kindOf(sql: string): Kind {
  if (commits.test(sql)) return 'commit'
  return writes.test(sql) ? 'write' : undefined
}

/** Codes in place of a version in the first message (PostgreSQL, 55.7 Message Formats). */
const version3 = 196_608
const encryption: ReadonlySet<number> = new Set([80_877_103, 80_877_104])

/**
 * Reads PostgreSQL's protocol 3 (PostgreSQL, chapter 55) as it passes. What is not that, or is
 * encrypted, passes uncut. A message of a client passes when it is whole.
 *
 * A commit is a `COMMIT` in a transaction, done by its `Query` or `Execute`, or, outside of one, the
 * message that ends a statement which writes: `Query` itself, or the `Sync` behind `Execute`.
 */
export function newConversation(): Conversation {
  /** `start` awaits the first message, `asked` the answer whether to encrypt. */
  let state: 'start' | 'asked' | 'read' | 'opaque' = 'start'
  let transaction = 'I'
  let failed = false
  let commitsAtSync = false
  const statements = new Map<string, Kind>()
  const portals = new Map<string, Kind>()
  let clientTail: Buffer = Buffer.alloc(0)
  let serverTail: Buffer = Buffer.alloc(0)

  function isCommit(kind: Kind): boolean {
    return (transaction === 'I' && kind === 'write') || (transaction === 'T' && kind === 'commit')
  }

  /** Whether the server commits when it gets this message. */
  function read(type: string, body: Buffer): boolean {
    if (type === 'Q') return isCommit(kindOf(text(body, 0)))
    if (type === 'P') {
      const name = text(body, 0)
      statements.set(name, kindOf(text(body, Buffer.byteLength(name) + 1)))
    } else if (type === 'B') {
      const portal = text(body, 0)
      portals.set(portal, statements.get(text(body, Buffer.byteLength(portal) + 1)))
    } else if (type === 'E') {
      const kind = portals.get(text(body, 0))
      if (kind === 'commit') return isCommit(kind)
      commitsAtSync ||= isCommit(kind)
    } else if (type === 'S') {
      const now = commitsAtSync
      commitsAtSync = false
      return now
    }
    return false
  }

  /** How long the first message is, if all of it is there. */
  function start(bytes: Buffer): number | undefined {
    // It begins with its length, which is a small one.
    if (bytes[0] !== 0) {
      state = 'opaque'
      return bytes.length
    }
    if (bytes.length < 8) return undefined
    const length = bytes.readInt32BE(0)
    const code = bytes.readInt32BE(4)
    if (code === version3) state = 'read'
    else if (encryption.has(code)) state = 'asked'
    else state = 'opaque'
    if (state === 'opaque') return bytes.length
    return bytes.length < length ? undefined : length
  }

  return {
    toServer(piece) {
      const bytes = clientTail.length > 0 ? Buffer.concat([clientTail, piece]) : piece
      const portions: Portion<Told>[] = []
      let from = 0
      let at = 0
      function cut(end: number, mark: Told): void {
        if (end > from) portions.push({ bytes: bytes.subarray(from, end), mark })
        from = end
      }
      while (at < bytes.length && state !== 'opaque') {
        if (state !== 'read') {
          const length = start(bytes.subarray(at))
          if (length === undefined) {
            state = 'start'
            break
          }
          at += length
          continue
        }
        const end = endOf(bytes, at)
        if (end > bytes.length) break
        if (read(String.fromCharCode(bytes[at] ?? 0), bytes.subarray(at + 5, end))) {
          cut(at, null)
          cut(end, 'commit')
        }
        at = end
      }
      if (state === 'opaque') at = bytes.length
      cut(at, null)
      clientTail = bytes.subarray(at)
      return portions
    },

    toClient(piece) {
      if (state === 'opaque' || state === 'start') return [{ bytes: piece, mark: null }]
      if (state === 'asked') {
        state = piece[0] === 'N'.charCodeAt(0) ? 'start' : 'opaque'
        return [{ bytes: piece, mark: null }]
      }
      const bytes = serverTail.length > 0 ? Buffer.concat([serverTail, piece]) : piece
      const portions: Portion<Answered>[] = []
      let at = 0
      let from = serverTail.length
      for (let end = endOf(bytes, at); end <= bytes.length; end = endOf(bytes, at)) {
        const type = bytes[at]
        if (type === 'E'.charCodeAt(0)) failed = true
        if (type === 'Z'.charCodeAt(0)) {
          transaction = String.fromCharCode(bytes[at + 5] ?? 0)
          portions.push({ bytes: bytes.subarray(from, end), mark: failed ? 'failed' : 'done' })
          from = end
          failed = false
        }
        at = end
      }
      if (from < bytes.length) portions.push({ bytes: bytes.subarray(from), mark: null })
      serverTail = bytes.subarray(at)
      return portions
    },
  }
}

/** Where the message ends that begins there; beyond the bytes if they don't hold all of it. */
function endOf(bytes: Buffer, at: number): number {
  return bytes.length < at + 5 ? Number.POSITIVE_INFINITY : at + 1 + bytes.readInt32BE(at + 1)
}

/** A string of the protocol: up to the next zero. */
function text(body: Buffer, at: number): string {
  return body.toString('utf8', at, body.indexOf(0, at))
}
