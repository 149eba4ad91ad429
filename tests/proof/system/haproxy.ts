/** One that HAProxy may send people to. */
interface Backend {
  readonly name: string
  readonly port: number
  readonly restPort: number
}

/**
 * HAProxy's configuration: everybody goes to whom Patroni calls the primary, and whoever is
 * connected to one that no longer is gets cut off.
 */
export function haproxyConfiguration(port: number, members: readonly Backend[]): string {
  const servers = members.map(
    ({ name, port, restPort }) => `  server ${name} 127.0.0.1:${port} check port ${restPort}`,
  )
  return `defaults
  mode tcp
  timeout connect 2s
  timeout check 1s
  timeout client 1d
  timeout server 1d

listen primary
  bind 127.0.0.1:${port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  option srvtcpka
  default-server inter 500ms fastinter 250ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`
}
