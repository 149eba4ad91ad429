import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../server/root.ts'

/** The TypeScripts that Dibs is held against: the project's own, the one before and the one after. */
export const compilers = [
  ['TypeScript 6', 'typescript'],
  ['TypeScript 5.9', 'typescript-5.9'],
  ['TypeScript 7', 'typescript-7'],
] as const

export interface Complaint {
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** With what the compiler says below it. */
  readonly message: string
}

/** Checks a project with one of the compilers. Answers all that it complains of. */
export async function check(compiler: string, project: string): Promise<Complaint[]> {
  const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc')
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, '-p', project, '--pretty', 'false', '--noEmit'],
      { cwd: project, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => (error !== null && stdout === '' ? reject(error) : resolve(stdout)),
    )
  })
  const complaints = output.split(/^(?=\S.*?: error TS\d+: )/m).filter((text) => text !== '')
  return complaints.map((text) => {
    const parts = text.match(/^(.+?)\((\d+),\d+\): error TS\d+: (.*)$/s)
    const [, file, line, message] = parts ?? []
    if (file === undefined || message === undefined) throw new Error(`${compiler} cannot check: ${text}`)
    return { file, line: Number(line), message }
  })
}
