import { isIPv4, isIPv6 } from 'node:net'

/** The header in which better-auth is told the address of a request; never taken from the request itself. */
export const addressHeader = 'x-dibs-address'

/**
 * What an address is counted under: itself for IPv4, also when written as IPv6; its /64 for
 * IPv6, of which one host has as many addresses as it likes (RFC 4291, 2.5.4).
 */
export function networkOf(from: string | undefined): string {
  // Mostly, and told sooner than what follows would tell it.
  if (from !== undefined && isIPv4(from)) return from
  const address = withoutPort(from)
  const mapped = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i)?.[1]
  if (mapped !== undefined) return mapped
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const groups = [
    ...before,
    ...Array(tail === undefined ? 0 : 8 - before.length - after.length).fill('0'),
    ...after,
  ]
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The absence of an address (RFC 4291, 2.5.2). */
const none = '::'

/**
 * An address as some proxies forward it, with a port behind it: 192.0.2.1:4711, [2001:db8::1]:4711.
 * Whatever Fastify's type says, there is none where whoever asks hung up before it was read.
 */
export function withoutPort(address: string | undefined): string {
  if (address === undefined) return none
  return (
    address.match(/^(\d+\.\d+\.\d+\.\d+):\d+$/)?.[1] ?? address.match(/^\[(.+)\](?::\d+)?$/)?.[1] ?? address
  )
}
