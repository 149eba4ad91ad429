import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach } from 'vitest'

/** A server that is no Dibs, for each test of a suite: it says nothing until it is told what to answer. */
export function onListener() {
  let server: Server
  const on = {
    url: '',
    /** How many requests have come. */
    arrivals: 0,
    answer: (() => {}) as RequestListener,
  }
  beforeEach(async () => {
    on.arrivals = 0
    on.answer = () => {}
    server = createServer((request, response) => {
      on.arrivals += 1
      on.answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    on.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return on
}
