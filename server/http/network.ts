import { isIPv6 } from 'node:net'

/**
 * What an address is counted under: itself for IPv4, also when written as IPv6; its /64 for
 * IPv6, of which one host has as many addresses as it likes (RFC 4291, 2.5.4).
 */
export function networkOf(address: string): string {
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
