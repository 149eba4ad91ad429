import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** How many requests one person (or one address, when signed out) may send in a minute. */
const perMinute = { claim: 30, check: 120, watch: 120 }

/** How many of them one person (or one address, when signed out) may have open at the same time. */
const atOnce = { watch: 20 }

export type Limited = keyof typeof perMinute
export type LimitedAtOnce = keyof typeof atOnce

/** Counts requests against their limits. */
export interface Limits {
  /** Counts one request. Answers how long to wait in milliseconds, or 0 to go ahead. */
  take(what: Limited, who: string): Promise<number>
  /** Opens one of those that are limited at once. Answers what closes it, or null when there are too many. */
  enter(what: LimitedAtOnce, who: string): (() => void) | null
}

/**
 * Limits kept in the memory of this process: there is nothing to be down, so a claim is
 * never refused because its limit could not be read. With N processes behind one load
 * balancer a person may get up to N times as many through.
 */
export function limitsInMemory(): Limits {
  const limiters = {
    claim: new RateLimiterMemory({ points: perMinute.claim, duration: 60 }),
    check: new RateLimiterMemory({ points: perMinute.check, duration: 60 }),
    watch: new RateLimiterMemory({ points: perMinute.watch, duration: 60 }),
  }
  const open = { watch: new Map<string, number>() }
  return {
    async take(what, who) {
      try {
        await limiters[what].consume(who)
        return 0
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext)
        throw refusal
      }
    },
    enter(what, who) {
      const counts = open[what]
      const count = counts.get(who) ?? 0
      if (count >= atOnce[what]) return null
      counts.set(who, count + 1)
      return () => {
        const left = (counts.get(who) ?? 0) - 1
        if (left > 0) counts.set(who, left)
        else counts.delete(who)
      }
    },
  }
}
