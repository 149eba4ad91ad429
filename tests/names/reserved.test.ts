import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { adjectives, animals, colors, names } from 'unique-names-generator'
import { resolveConfig } from 'vite'
import { describe, expect, test } from 'vitest'
import { reservedFromStart } from '../../server/database/reserved.ts'
import { root } from '../../server/root.ts'
import { reservedNames } from '../../shared/reserved-names.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import { appOn } from '../http/app.ts'
import { openTestDatabase } from '../support/database.ts'

const ours = new Map(reservedNames.map(({ name, because }) => [name, because]))

/** The addresses that an app serves, as it registers them. */
async function routesOf(open: () => Promise<FastifyInstance>): Promise<string[]> {
  const urls: string[] = []
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ url }) => {
      urls.push(url)
    })
  }
  subscribe('fastify.initialization', listen)
  try {
    const app = await open()
    await app.ready()
    await app.close()
  } finally {
    unsubscribe('fastify.initialization', listen)
  }
  return urls
}

/** The first segments of some addresses that could be somebody's name. */
function segments(urls: readonly string[]): string[] {
  const first = urls.map((url) => url.split('/')[1] ?? '')
  return [...new Set(first)].filter((segment) => Username.safeParse(segment).success)
}

describe('reserved names', () => {
  test('are valid names in lower case, each for one reason', () => {
    expect(
      [...reservedFromStart.keys()].filter((name) => usernameKey(Username.parse(name)) !== name),
    ).toEqual([])
    expect(ours.size).toBe(reservedNames.length)
  })

  test('include whatever the server serves', async () => {
    const database = await openTestDatabase('embedded')
    try {
      const webDir = join(root, 'client', 'web', 'public')
      const served = segments(await routesOf(() => appOn(database, { webDir })))
      expect(served).toEqual(expect.arrayContaining(['api', 'trpc', 'healthz', 'readyz']))
      expect(served.filter((segment) => !ours.has(segment))).toEqual([])

      const withAnother = await routesOf(async () => (await appOn(database)).get('/wishlist', () => ''))
      expect(segments(withAnother).filter((segment) => !ours.has(segment))).toEqual(['wishlist'])
    } finally {
      await database.close()
    }
  })

  test("include the web app's own pages and files", async () => {
    const routes = await readFile(join(root, 'client', 'web', 'Routes.tsx'), 'utf8')
    const pages = segments([...routes.matchAll(/ path="([^"]+)"/g)].map(([, path = '']) => path))
    expect(pages).toEqual(expect.arrayContaining(['signup', 'signin', 'settings']))
    expect(pages.length).toBeGreaterThanOrEqual(routes.match(/<Route path="\/\w/g)?.length ?? 1)
    const { build } = await resolveConfig(
      { configFile: join(root, 'vite.config.ts'), logLevel: 'silent' },
      'build',
    )
    expect([...pages, build.assetsDir].filter((segment) => !ours.has(segment))).toEqual([])
  })

  test('include the mailboxes of RFC 2142', () => {
    const business = ['info', 'marketing', 'sales', 'support']
    const network = ['abuse', 'noc', 'security']
    const services = ['postmaster', 'hostmaster', 'usenet', 'news', 'webmaster', 'www', 'uucp', 'ftp']
    for (const mailbox of [...business, ...network, ...services]) expect(ours.get(mailbox)).toBe('mailbox')
  })

  test('include words that JavaScript has on every object because we say so, and no others', () => {
    const inherited = Object.getOwnPropertyNames(Object.prototype).map((name) => name.toLowerCase())
    const reserved = ['__proto__', 'constructor', 'hasownproperty', 'tostring', 'valueof']
    expect(inherited.filter((name) => reservedFromStart.has(name)).sort()).toEqual(reserved)
    for (const name of reserved) expect(reservedFromStart.get(name)).toBe('programming')
    for (const name of ['isprototypeof', 'tolocalestring', '__definegetter__']) {
      expect(inherited).toContain(name)
      expect(reservedFromStart.get(name)).toBeUndefined()
    }
  })

  test('leave people their first names and the words they call themselves, with few exceptions', () => {
    const liked = [...names, ...adjectives, ...animals, ...colors].map((name) => name.toLowerCase())
    expect(liked.length).toBeGreaterThan(6000)
    for (const name of ['dev', 'page', 'cart', 'lock']) expect(reservedFromStart.has(name)).toBe(false)
    expect(liked.filter((name) => reservedFromStart.has(name)).sort()).toEqual(
      // Nan is also what programs write for no number.
      [
        'anonymous',
        'legal',
        'mobile',
        'nan',
        'official',
        'private',
        'public',
        'secure',
        'static',
        'super',
        'unknown',
      ],
    )
  })
})
