import { useHistoryState } from 'wouter/use-browser-location'
import * as z from 'zod/mini'

/** Which page sent somebody to sign in. The entry of the history says so: it outlives a reload, and no link sets it. */
const SentFrom = z.object({ sentFrom: z.literal('/settings') })
export type SentFrom = z.output<typeof SentFrom>

export function useSentFrom(): SentFrom | undefined {
  return SentFrom.safeParse(useHistoryState()).data
}
