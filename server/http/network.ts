import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * What an address is counted under: itself for IPv4, also when written as IPv6; its /64 for
 * IPv6, of which one host has as many addresses as it likes (RFC 4291, 2.5.4).
 */
export function networkOf(from: string | undefined): string {
  // Mostly, and told sooner than what follows would tell it.
  if (from !== undefined && isIPv4(from)) return from
  const address = plain(from)
  const mapped = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
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
 * The address of whoever asks; where their proxy forwards none (RFC 7239, 6.2: `unknown`), the proxy's.
 * better-auth takes nothing else for an address, and counts together whoever has none.
 */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  if (isIPv4(ip)) return ip
  return [ip, socket.remoteAddress].map(plain).find((address) => isIP(address) !== 0) ?? none
}

/**
 * An address without the port that some proxies forward behind it (192.0.2.1:4711, [2001:db8::1]:4711),
 * and without the zone of a link-local one (RFC 4007, 11), which is the name of an interface of ours.
 * Whatever Fastify's type says, there is none where whoever asks hung up before it was read.
 */
function plain(address: string | undefined): string {
  if (address === undefined) return none
  const bare =
    address.match(/^(\d+\.\d+\.\d+\.\d+):\d+$/)?.[1] ?? address.match(/^\[(.+)\](?::\d+)?$/)?.[1] ?? address
  return bare.split('%')[0] ?? none
}
