import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { root } from '../../../server/root.ts'
import { Stop } from '../../race/command/stop.ts'

const compiled = join(root, 'dist', 'tests', 'bench')

/**
 * Compiles the programs of the bench beside the built Dibs, on which some of them stand, so that
 * all that is measured is plain JavaScript. Answers where they are.
 */
export function compilePrograms(): string {
  if (!existsSync(join(root, 'dist', 'server', 'main.js'))) {
    throw new Stop('Dibs is not built, which is what is measured: "npm run build:app".')
  }
  for (const dir of ['peers', 'driver']) compileAll(dir)
  return compiled
}

function compileAll(dir: string): void {
  const from = join(import.meta.dirname, '..', dir)
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const { outputText } = ts.transpileModule(readFileSync(join(from, name), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    })
    const to = join(compiled, dir, name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, outputText)
  }
}
