import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and can lose an answer on its way back. */
export interface LossyProxy {
  readonly url: string
  /** Breaks the connection of the next answer once the server has given it, in place of passing it on. */
  loseNextAnswer(): void
  /** How many answers it lost. */
  lost(): number
  close(): Promise<void>
}

export async function lossyProxy(serverUrl: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let losing = false
  let lost = 0

  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    client.pipe(server)
    server.on('data', (answer) => {
      if (losing) {
        losing = false
        lost += 1
        client.resetAndDestroy()
      } else {
        client.write(answer)
      }
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    loseNextAnswer() {
      losing = true
    },
    lost: () => lost,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => proxy.close(() => resolve()))
    },
  }
}
