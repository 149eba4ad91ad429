import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { root } from '../server/root.ts'

interface Import {
  readonly from: string
  /** A file of ours, from the root; or a package. */
  readonly to: string
  readonly typeOnly: boolean
  /** Imported only when it is needed. */
  readonly late: boolean
}

/** Every module that a file names: imported, exported again, or imported when needed. */
function importsOf(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, late = false) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const { text: to } = specifier
    found.push({ from: file, to: to.startsWith('.') ? join(dirname(file), to) : to, typeOnly, late })
  }
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node))
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false, true)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return false
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const { name, namedBindings } = importClause
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly)
}

/** The rooms, and the files in each. The first pattern that fits counts. */
const rooms: readonly (readonly [name: string, files: RegExp])[] = [
  ['generated', /^server\/database\/generated\//],
  ['database', /^server\/database\//],
  ['domain', /^server\/domain\//],
  // Told apart from main for what those below the router take: plain interfaces.
  ['vocabulary', /^server\/(log|standard-output|limits|root)\.ts$/],
  ['identity', /^server\/identity\//],
  ['trpc', /^server\/trpc\//],
  ['procedures', /^server\/procedures\//],
  ['router', /^server\/router\.ts$/],
  ['http', /^server\/http\//],
  ['app', /^server\/app\.ts$/],
  ['cli', /^server\/cli\//],
  ['main', /^server\//],
]
const left = ['cli', 'main', 'app', 'http']
const right = ['domain', 'database', 'vocabulary', 'generated']
/** The rooms in line, as the README has them: imports of values point to the right of one line, or stay. */
const lines = [
  [...left, 'router', 'procedures', 'trpc', ...right],
  [...left, 'identity', ...right],
]

function pointsRight(from: string, to: string): boolean {
  const [here, there] = [roomOf(from), roomOf(to)]
  return lines.some((line) => line.includes(here) && line.indexOf(there) >= line.indexOf(here))
}

function roomOf(file: string): string {
  return rooms.find(([, files]) => files.test(file))?.[0] ?? ''
}

/** What is wrong with an import, if anything. */
function fault({ from, to, typeOnly }: Import): string | undefined {
  const inRoom = (room: string, file = to) => file.startsWith(`${room}/`)
  if (inRoom('shared', from)) {
    return inRoom('shared') || to === 'zod/mini' ? undefined : 'shared/ imports only zod/mini'
  }
  if (inRoom('client', from)) {
    if (to === 'zod') return 'all of zod is three times as large as zod/mini'
    if (!inRoom('server')) return inRoom('tests') ? 'only tests import tests' : undefined
    return typeOnly && (to === 'server/router.ts' || to === 'server/trpc/shape.ts')
      ? undefined
      : 'client/ takes only types of the router and its errors from server/'
  }
  // The command line calls a running server as any program does.
  if (inRoom('server/cli', from) && /^client\/(index|failure)\.ts$/.test(to)) return undefined
  if (inRoom('client') || inRoom('tests')) return 'server/ imports neither client/ nor tests/'
  if (inRoom('server/procedures', from) && to === 'server/trpc/failure.ts') {
    return 'a procedure ends itself by ctx.fail alone, which knows what it declared'
  }
  if (!inRoom('server') || typeOnly) return undefined
  return pointsRight(from, to) ? undefined : 'imports point from main towards the database'
}

const faultsIn = (file: string, text: string) =>
  importsOf(file, text).flatMap((one) => {
    const found = fault(one)
    return found ? [`${one.from} → ${one.to}: ${found}`] : []
  })

/** Reading the clock, the environment or the process. */
const ambient =
  /\bprocess\.(env|argv|exit|on|cwd|pid)\b|\bDate\.now\b|\bnew Date(?!\w|\([^)])|\bperformance\.now\b/
const mayReadAmbient = new Set([
  'server/main.ts',
  'server/stop-on-signal.ts',
  'server/environment.ts',
  'server/cli/main.ts',
  'server/database/new-migration.ts',
])

/** What the app reads the clock by unless told otherwise; nothing else has a default. */
const defaultClock = { file: 'server/app.ts', code: 'now = Date.now,' }

/** A file's code, without its comments. */
function codeOf(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: { removeComments: true, target: ts.ScriptTarget.ESNext, jsx: ts.JsxEmit.Preserve },
  }).outputText
}

const files = ['server', 'shared', 'client'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('/generated/')),
)
const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('imports', () => {
  test('point in one direction', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(files.flatMap((file) => faultsIn(file, read(file)))).toEqual([])
  })

  test.each([
    ['shared/username.ts', "import * as z from 'zod'"],
    ['client/web/claim/wanted.ts', "import * as z from 'zod'"],
    ['shared/username.ts', "import { join } from 'node:path'"],
    ['client/index.ts', "import { appRouter } from '../server/router.ts'"],
    ['client/index.ts', "import { type AppRouter, appRouter } from '../server/router.ts'"],
    ['client/index.ts', "export { failures } from '../server/trpc/failure.ts'"],
    ['client/web/App.tsx', "import type { Context } from '../../server/trpc/context.ts'"],
    ['client/web/App.tsx', "const lazy = () => import('../../server/router.ts')"],
    ['server/domain/claim.ts', "import { Failure } from '../trpc/failure.ts'"],
    ['server/domain/claim.ts', "import '../app.ts'"],
    ['server/procedures/profile.ts', "import { Failure } from '../trpc/failure.ts'"],
    ['server/procedures/profile.ts', "const { Failure } = await import('../trpc/failure.ts')"],
    ['server/database/open.ts', "export * from '../domain/claim.ts'"],
    ['server/trpc/context.ts', "import { profile } from '../procedures/profile.ts'"],
    ['server/trpc/context.ts', "const { networkOf } = await import('../http/network.ts')"],
    ['server/trpc/context.ts', "import { personFrom } from '../identity/authenticate.ts'"],
    ['server/identity/auth.ts', "import { networkOf } from '../http/network.ts'"],
    ['server/identity/auth.ts', "import { Failure } from '../trpc/failure.ts'"],
    ['server/http/who-is.ts', "import { createApp } from '../app.ts'"],
    ['server/app.ts', "import { readSettings } from './config.ts'"],
    ['server/app.ts', "import { createDibsClient } from '../client/index.ts'"],
    ['server/cli/command.ts', "import { Provider } from '../../client/react.ts'"],
    ['server/main.ts', "import { runCommand } from './cli/command.ts'"],
    ['server/app.ts', "import { silent } from '../tests/support/database.ts'"],
  ])('in %s are caught when they read %s', (file, text) => {
    expect(faultsIn(file, text)).toHaveLength(1)
  })
})

/** Everything that a file loads before its first line runs: files of ours and packages. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded
  loaded.add(file)
  if (!/^(server|shared)\//.test(file) || file.includes('/generated/')) return loaded
  for (const { to, typeOnly, late } of importsOf(file, read(file))) {
    if (!typeOnly && !late) loadedWith(to, loaded)
  }
  return loaded
}

describe('what the server loads before it answers', () => {
  const heavy = /^(@?better-auth|@electric-sql\/pglite|@prisma\/schema-engine-wasm|pg$|jose$)/

  test('is nothing that only some servers, or later requests, need', () => {
    const loaded = loadedWith('server/main.ts')
    expect(loaded).toContain('fastify')
    expect(loaded).toContain('server/domain/claim.ts')
    expect([...loaded].filter((one) => heavy.test(one))).toEqual([])
  })

  test('would be caught when it were', () => {
    for (const file of ['identity/auth.ts', 'database/embedded.ts', 'database/postgres.ts']) {
      expect([...loadedWith(`server/${file}`)].filter((one) => heavy.test(one))).not.toEqual([])
    }
  })
})

describe('the clock, the environment and the process', () => {
  const server = files.filter((file) => /^(server|shared)\//.test(file) && !mayReadAmbient.has(file))

  test('are read by main alone, but for the clock that the app has by default', () => {
    const readers = server.filter((file) => ambient.test(codeOf(read(file))))
    expect(readers).toEqual([defaultClock.file])
    const rest = codeOf(read(defaultClock.file)).replace(defaultClock.code, '')
    expect(ambient.test(rest)).toBe(false)
  })

  test.each([
    'const port = process.env.PORT',
    'const now = Date.now()',
    'const now = Date.now',
    'const at = new Date()',
    'const at = new Date',
    'const since = performance.now',
    'process.exit(1)',
  ])('are caught when a file says %s', (text) => {
    expect(ambient.test(codeOf(text))).toBe(true)
    expect(ambient.test(codeOf(`// ${text}`))).toBe(false)
  })
})
