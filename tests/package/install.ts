import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../server/root.ts'

const run = promisify(execFile)

/** A project of somebody else, with nothing in it but what is installed. */
export interface Consumer {
  readonly dir: string
  /** What `npm ls` would list at the top: the names in `node_modules`, scoped ones whole. */
  installed(): Promise<string[]>
  write(name: string, text: string): Promise<void>
}

/** Packs Dibs as `npm publish` would. Answers the tarball. */
export async function pack(into: string): Promise<string> {
  // The project's own .npmrc switches lifecycle scripts off, prepack among them.
  const args = ['pack', '--json', '--ignore-scripts=false', '--pack-destination', into]
  const { stdout } = await npm(args, root)
  const name = stdout.match(/"filename": "(.+?)"/)?.[1]
  if (name === undefined) throw new Error(`npm pack said ${stdout}`)
  return join(into, name)
}

/** What a tarball holds, without the `package/` that npm puts in front. */
export async function contents(tarball: string): Promise<string[]> {
  const { stdout } = await run('tar', ['-tzf', tarball])
  return stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
    .sort()
}

/** An empty project with these packages installed, and what they demand. */
export async function consumer(...packages: string[]): Promise<Consumer> {
  const dir = await temporary()
  const write = (name: string, text: string) => writeFile(join(dir, name), text)
  await write('package.json', JSON.stringify({ private: true, type: 'module' }))
  await npm(['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], dir)
  return {
    dir,
    write,
    async installed() {
      const names = await readdir(join(dir, 'node_modules'))
      const each = names.map(async (name) =>
        name.startsWith('@')
          ? (await readdir(join(dir, 'node_modules', name))).map((inside) => `${name}/${inside}`)
          : [name],
      )
      return (await Promise.all(each)).flat().filter((name) => !name.startsWith('.'))
    },
  }
}

/** A directory outside of the repository, so that nothing of its `node_modules` is found. */
export function temporary(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'dibs-package-'))
}

export function remove(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true })
}

/** npm as a person runs it: an npm around this test leaves its own project in the environment. */
function npm(args: string[], cwd: string) {
  const left = /^(npm_(?!config_(registry|cache|userconfig|https?_proxy|noproxy|cafile)$)|wireit_|node_env$)/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !left.test(name)))
  return run('npm', args, { cwd, env, maxBuffer: 16 * 1024 * 1024 })
}
