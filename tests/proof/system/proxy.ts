/** Stands between a client and a server, passes bytes on, and breaks connections when told to. */
export interface Proxy {
  readonly port: number
  /** Passes each piece on so much later, and at most so many bytes a second of each connection. */
  slow(how: { delayMs: number; bytesPerSecond?: number }): void
  /** Passes nothing on any more and answers nothing, while connections stay open. */
  stall(): void
  /** Refuses new connections and resets those that there are. */
  cut(): void
  /** As in the beginning: what was held back goes on its way. */
  heal(): void
  /** Resets every connection, now. Answers how many there were. */
  resetAll(): number
  /** Resets the next connection that has passed so many more bytes that way; resolves when it has. */
  resetAfter(bytes: number, way: 'to the server' | 'to the client'): Promise<void>
  /**
   * For PostgreSQL: resets the next connection that commits, with the COMMIT (or the one statement
   * outside a transaction that writes) not passed on, or passed on and its answer not.
   */
  resetAtCommit(when: 'before' | 'after'): Promise<void>
  close(): Promise<void>
}
