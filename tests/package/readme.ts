import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../server/root.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The README's first program: one claim, with its conflict handled. */
export const exampleClaim = find(/^```ts\n([^`]*?from 'dibs'\n[\s\S]*?)^```$/m)

/** The package that it advises to install for the declarations of tRPC. */
export const typesOfWs = find(/`npm install --save-dev (@types\/ws@[\d.]+)`/)

/** What it advises to have in `lib` for them besides. */
export const libOfDisposable = find(/and have `([\w.]+)` in `lib`/)

/** The same, told the address of a server and who claims. */
export function claimAt(url: string, token: string): string {
  const code = exampleClaim.replace('http://localhost:3000', url)
  return `const token = ${JSON.stringify(token)}\n${code}`
}

/** The README's program that mounts Dibs, as a file at the root of a checkout. */
export const exampleMount = find(/^```ts\n([^`]*?from '\.\/server\/app\.ts'\n[\s\S]*?)^```$/m)

/** The README's program that has Dibs' procedures in a router of its own, likewise. */
export const exampleRouter = find(/^```ts\n([^`]*?from '\.\/server\/mount\.ts'\n[\s\S]*?)^```$/m)

function find(pattern: RegExp): string {
  const code = readme.match(pattern)?.[1]
  if (code === undefined) throw new Error(`README.md has nothing like ${pattern}`)
  return code
}
