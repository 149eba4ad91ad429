import type { Link } from './link.ts'

type Way = 'to the server' | 'to the client'
type When = 'before' | 'after'

/** What connections are to be reset at; each trap takes one, the first that gets there. */
export interface Traps {
  setBytes(bytes: number, way: Way): Promise<void>
  setCommit(when: When): Promise<void>
  /** Whether bytes about to pass spring a trap, and how many of them are to pass before. */
  byBytes(link: Link, way: Way, bytes: number): { passing: number; spring(): void } | undefined
  /** Whether a commit does. A trap that was taken but did not spring has to be released. */
  byCommit(): { when: When; spring(): void; release(): void } | undefined
  /** Takes back those that have not sprung; what waits for them waits for ever. */
  clear(): void
}

export function newTraps(): Traps {
  const atBytes = new Set<{ way: Way; bytes: number; passed: WeakMap<Link, number>; spring(): void }>()
  const atCommit: { when: When; spring(): void }[] = []
  return {
    setBytes(bytes, way) {
      return new Promise((spring) => atBytes.add({ way, bytes, passed: new WeakMap(), spring }))
    },
    setCommit(when) {
      return new Promise((spring) => atCommit.push({ when, spring }))
    },
    byBytes(link, way, bytes) {
      for (const trap of atBytes) {
        if (trap.way !== way) continue
        const before = trap.passed.get(link) ?? 0
        trap.passed.set(link, before + bytes)
        if (before + bytes < trap.bytes) continue
        atBytes.delete(trap)
        return { passing: trap.bytes - before, spring: trap.spring }
      }
      return undefined
    },
    byCommit() {
      const trap = atCommit.shift()
      return trap && { ...trap, release: () => atCommit.unshift(trap) }
    },
    clear() {
      atBytes.clear()
      atCommit.length = 0
    },
  }
}
