/** Nanoseconds of the machine's monotonic clock since this process began. */
export function nowNs(): number {
  return Math.round(performance.now() * 1e6)
}
