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

/**
 * Keeps the wanted name while somebody signs in or up, for this tab and over a reload of it; where
 * the browser keeps nothing for pages, which it says by throwing, without the reload.
 */
export const wanted = {
  read(): Wanted | null {
    try {
      return Wanted.safeParse(JSON.parse(sessionStorage.getItem(slot) ?? 'null')).data ?? null
    } catch {
      return null
    }
  },
  keep(name: Wanted): void {
    ifAllowed(() => sessionStorage.setItem(slot, JSON.stringify(name)))
  },
  forget(): void {
    ifAllowed(() => sessionStorage.removeItem(slot))
  },
}

function ifAllowed(store: () => void): void {
  try {
    store()
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}
