import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Proxy as TcpProxy } from '../system/proxy.ts'
import type { PostgresServer, Server, System } from '../system/system.ts'

/** How long Dibs may take until it serves again once nothing hinders it any more. */
const withinMs = 60_000
const oneAskMs = 10_000

/** Heals every net and resolves when each server that runs is ready; throws which one is not in time. */
export async function rightAgain({ servers }: Pick<System, 'servers'>): Promise<void> {
  for (const { front, back } of servers) {
    front.heal()
    back?.heal()
  }
  await Promise.all(servers.filter(({ pid }) => pid !== null).map(ready))
}

async function ready({ name, url }: Server): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isReady(url))) {
    if (performance.now() > deadline) throw new Error(`${name} is not ready ${withinMs / 1000} s later`)
    await sleep(50)
  }
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(`${url}/readyz`, { agent: false, timeout: oneAskMs }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.once('error', () => resolve(false))
    asked.once('timeout', () => asked.destroy(new Error('no answer')))
    asked.end()
  })
}

/** The nets between the servers and PostgreSQL. */
export function backsOf({ servers }: Pick<System, 'servers'>): TcpProxy[] {
  return servers.flatMap(({ back }) => back ?? [])
}

export function postgresOf({ postgres }: Pick<System, 'postgres'>): PostgresServer {
  if (postgres === null) throw new Error('there is no PostgreSQL to get at')
  return postgres
}

/** Whether it came true in time. */
export function inTime(event: Promise<unknown>, ms: number): Promise<boolean> {
  const giveUp = new AbortController()
  return Promise.race([
    event.then(() => true),
    sleep(ms, false, { signal: giveUp.signal }).catch(() => false),
  ]).finally(() => giveUp.abort())
}
