import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import type { EngineName } from '../../../server/database/engine.ts'
import { setAdministrator } from '../../../server/domain/people.ts'
import { createAuth } from '../../../server/identity/auth.ts'
import { createPasses } from '../../../server/identity/session-pass.ts'
import { appOn, home } from '../../http/app.ts'
import { openTestDatabase, silent, type TestDatabase } from '../../support/database.ts'
import { usualRules } from '../../support/rules.ts'
import { authSecret, type SignedIn, signedInPeople, signInAgain } from '../../support/sessions.ts'
import type { Who } from './credentials.ts'

/** Dibs as it is served, on a database of its own. */
export interface Served {
  readonly database: TestDatabase
  readonly port: number
  /** Six people, the last of them an administrator. */
  readonly people: readonly Who[]
  /** The paths below `/api/auth`. */
  readonly authPaths: readonly string[]
  /** The texts of the files of its web app. */
  readonly files: ReadonlySet<string>
  /** What it has logged since it was asked last as no one's mistake but its own. */
  logged(): string[]
  readonly log: Logger
  /** Signs everybody in again who was signed out. */
  renew(): Promise<void>
  close(): Promise<void>
}

const files = { 'index.html': '<!doctype html><title>Dibs</title>', 'assets/app.js': 'render()\n' }
/** pino's level of what is a mistake of the server. */
const error = 50

/** What stands before the app: it lets a request go on to it, or not. */
export type Before = (request: IncomingMessage, response: ServerResponse, goOn: () => void) => void

export async function serve(engine: EngineName, before?: Before): Promise<Served> {
  const database = await openTestDatabase(engine)
  const webDir = await mkdtemp(join(tmpdir(), 'dibs-web-'))
  await mkdir(join(webDir, 'assets'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(webDir, name), text)
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void (levelOf(line) >= error && lines.push(line)) })
  const app = await appOn(database, { log, authSecret, webDir })
  if (before) putBefore(app, before)
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
  const members = await signedInPeople(database.prisma, 6)
  const ids = members.map(({ id }) => id)
  const person = { id: ids.at(-1) ?? '', name: 'Administrator' }
  await setAdministrator(database.prisma, { person, administrator: true })
  const people = members.map(whoIs)
  return {
    database,
    port,
    people,
    authPaths: authPathsOn(database),
    files: new Set(Object.values(files)),
    logged: () => lines.splice(0),
    log,
    async renew() {
      const again = await signInAgain(database.prisma, ids)
      people.splice(0, people.length, ...again.map(whoIs))
    },
    async close() {
      await app.close()
      await database.close()
      await rm(webDir, { recursive: true, force: true })
    },
  }
}

function putBefore(app: FastifyInstance, before: Before): void {
  const listeners = app.server.listeners('request')
  app.server.removeAllListeners('request')
  app.server.on('request', (request, response) =>
    before(request, response, () => {
      for (const listener of listeners) listener.call(app.server, request, response)
    }),
  )
}

function authPathsOn({ prisma }: TestDatabase): string[] {
  const { paths } = createAuth({
    prisma,
    secret: authSecret,
    publicUrl: home,
    origins: new Set(),
    rateLimits: false,
    rules: usualRules,
    announce() {},
    log: silent,
    now: Date.now,
    ownProcess: false,
  })
  return [...paths]
}

function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1])
}

const passes = createPasses({
  secret: authSecret,
  sessionCookie: 'dibs.session_token',
  passCookie: 'dibs.session_pass',
  secure: false,
  now: Date.now,
})

function whoIs({ id, token }: SignedIn): Who {
  const session = `dibs.session_token=${encodeURIComponent(token)}`
  return {
    session,
    token,
    pass() {
      const person = { id, name: 'Somebody', email: `${id}@people.example` }
      const expiresAt = new Date(Date.now() + 60_000)
      const issued = passes.keep(session, { token: token.split('.')[0] ?? '', expiresAt, person })
      if (issued === null) throw new Error('no pass was issued')
      return issued.split(';')[0] ?? ''
    },
  }
}
