import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../server/root.ts'
import type { Cleanup } from './cleanup.ts'

/** What checking the client of a router costs the compiler. */
export interface TypeCost {
  readonly procedures: number
  readonly instantiations: number
  readonly types: number
  /** In seconds. */
  readonly checkTime: number
  /** In bytes. */
  readonly memory: number
}

/** Of routers of growing size; the last two differ tenfold. */
export interface TypeCosts {
  readonly compiler: string
  readonly sizes: readonly TypeCost[]
}

const sizes = [2, 20, 200]

/** Checks the clients of routers made of Dibs' own procedures, in which every failure is matched. */
export async function measureTypes(
  { say }: { say: (line: string) => void },
  cleanup: Cleanup,
): Promise<TypeCosts> {
  // Below the root, for the compiler to find packages.
  await mkdir(join(root, 'dist'), { recursive: true })
  const dir = await mkdtemp(join(root, 'dist', 'bench-types-'))
  cleanup.add(() => rm(dir, { recursive: true, force: true }))
  const costs: TypeCost[] = []
  for (const procedures of sizes) {
    const cost = await costOf(dir, procedures)
    costs.push(cost)
    say(`client of ${procedures} procedures: ${cost.instantiations} instantiations, ${cost.checkTime} s`)
  }
  return { compiler: await tsc(['--version']), sizes: costs }
}

async function costOf(dir: string, procedures: number): Promise<TypeCost> {
  const project = join(dir, String(procedures))
  await mkdir(project)
  await writeFile(join(project, 'router.ts'), routerOf(procedures))
  await writeFile(join(project, 'client.ts'), clientOf(procedures))
  const config = {
    extends: '../../../tsconfig.json',
    include: ['.', '../../../server/**/*.d.ts'],
    exclude: [],
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
  const output = await tsc(['-p', project, '--noEmit', '--extendedDiagnostics'])
  const figure = (name: string) => Number(output.match(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm'))?.[1])
  return {
    procedures,
    instantiations: figure('Instantiations'),
    types: figure('Types'),
    checkTime: figure('Check time'),
    memory: figure('Memory used') * 1024,
  }
}

function each(procedures: number, text: (at: number) => string): string {
  return Array.from({ length: procedures }, (_, at) => text(at)).join('\n')
}

/** Each procedure has an input and an output of its own. */
function routerOf(procedures: number): string {
  return `import * as z from 'zod'
import { router } from '../../../server/trpc/init.ts'
import { anyone } from '../../../server/trpc/procedure.ts'

export const manyRouter = router({
${each(
  procedures,
  (at) => `  claim${at}: anyone('USERNAME_TAKEN', 'USERNAME_HELD', 'CHANGED_TOO_OFTEN')
    .input(z.object({ username: z.string(), number${at}: z.number() }))
    .output(z.object({ username: z.string(), claimed${at}: z.string() }))
    .mutation(({ input }) => ({ username: input.username, claimed${at}: String(input.number${at}) })),`,
)}
})
export type ManyRouter = typeof manyRouter
`
}

function clientOf(procedures: number): string {
  return `import { createTRPCClient, httpLink } from '@trpc/client'
import { match, safe } from '../../../client/index.ts'
import type { ManyRouter } from './router.ts'

const client = createTRPCClient<ManyRouter>({ links: [httpLink({ url: '' })] })
${each(
  procedures,
  (at) => `
export async function claim${at}(): Promise<string> {
  const [claimed, error] = await safe(client.claim${at}.mutate({ username: 'neo', number${at}: 1 }))
  if (!error) return claimed.claimed${at}
  return match(error, {
    USERNAME_TAKEN: ({ payload }) => payload.suggestions.join(),
    USERNAME_HELD: ({ payload }) => payload.until,
    CHANGED_TOO_OFTEN: ({ payload }) => payload.retryAt,
    otherwise: ({ message }) => message,
  })
}`,
)}
`
}

function tsc(args: readonly string[]): Promise<string> {
  const program = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], (error, stdout) => {
      if (error === null) resolve(stdout.trim())
      else reject(new Error(`tsc ${args.join(' ')}:\n${stdout.slice(0, 2000)}`))
    })
  })
}
