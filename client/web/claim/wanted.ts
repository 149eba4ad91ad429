import * as z from 'zod'
import { Username } from '../../../shared/username.ts'

/** A name that somebody pressed Claim for before it was known who they are. */
const Wanted = z.object({
  username: Username,
  /** The name they knew to give up for it: signing in as somebody with another one is no consent to that. */
  replacing: z.string().nullable(),
})
export type Wanted = z.output<typeof Wanted>

const slot = 'dibs.wanted'

/** Keeps the wanted name while somebody signs in or up, for this tab and over a reload of it. */
export const wanted = {
  read(): Wanted | null {
    const kept = sessionStorage.getItem(slot)
    if (kept === null) return null
    try {
      return Wanted.safeParse(JSON.parse(kept)).data ?? null
    } catch {
      return null
    }
  },
  keep(name: Wanted): void {
    sessionStorage.setItem(slot, JSON.stringify(name))
  },
  forget(): void {
    sessionStorage.removeItem(slot)
  },
}
