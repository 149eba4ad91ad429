import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** How many requests one person (or one address, when signed out) may send in a minute. */
const perMinute = { claim: 30, check: 120 }

export type Limited = keyof typeof perMinute

/** Counts requests against their limits. */
export interface Limits {
  /** Counts one request. Answers how long to wait in milliseconds, or 0 to go ahead. */
  take(what: Limited, who: string): Promise<number>
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
  }
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
  }
}
