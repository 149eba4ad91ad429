import type { Consumer } from './install.ts'

/** What the compilers are told of modules, beyond being strict. */
export const resolutions = [
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ['nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
] as const

/** Has the compilers check these files of a project. */
export async function configure(project: Consumer, compilerOptions: object, files: string[]) {
  const strict = { strict: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], skipLibCheck: false }
  await project.write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files }),
  )
}
