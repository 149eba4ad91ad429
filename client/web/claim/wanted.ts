import { useSyncExternalStore } from 'react'
import * as z from 'zod/mini'
import { Username } from '../../../shared/username.ts'

/** A name that somebody pressed Claim for before it was known who they are. */
const Wanted = z.object({
  username: Username,
  /** The name they knew to give up for it: signing in as somebody with another one is no consent to that. */
  replacing: z.nullable(z.string()),
})
export type Wanted = z.output<typeof Wanted>

const slot = 'dibs.wanted'

let kept = stored()
const watchers = new Set<() => void>()

/**
 * Keeps the wanted name while somebody signs in or up, for this tab and over a reload of it; where
 * the browser keeps nothing for pages, which it says by throwing, without the reload.
 */
export const wanted = {
  get: (): Wanted | null => kept,
  keep(name: Wanted): void {
    ifAllowed(() => sessionStorage.setItem(slot, JSON.stringify(name)))
    change(name)
  },
  forget(): void {
    ifAllowed(() => sessionStorage.removeItem(slot))
    change(null)
  },
  subscribe(changed: () => void): () => void {
    watchers.add(changed)
    return () => watchers.delete(changed)
  },
}

/** The name that waits for somebody to sign in. */
export function useWanted(): Wanted | null {
  return useSyncExternalStore(wanted.subscribe, wanted.get)
}

function stored(): Wanted | null {
  try {
    return Wanted.safeParse(JSON.parse(sessionStorage.getItem(slot) ?? 'null')).data ?? null
  } catch {
    return null
  }
}

function change(name: Wanted | null): void {
  kept = name
  for (const changed of watchers) changed()
}

function ifAllowed(store: () => void): void {
  try {
    store()
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}
