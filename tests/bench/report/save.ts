import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from '../../../server/root.ts'
import type { Results } from '../results.ts'
import { chartOf } from './chart.ts'
import { goalsTable, settingsOf } from './report.ts'

const dir = join(root, 'tests', 'bench', 'results')
export const resultsFile = join(dir, 'bench.json')
export const chartFile = join(dir, 'bench.svg')
export const readmeFile = join(root, 'README.md')

/** Keeps results in the repository: what was measured before stays, unless it was measured again. */
export async function saveResults(measured: Results): Promise<void> {
  const before = await savedResults()
  const settings = { ...before?.settings, ...measured.settings }
  const text = asJson({ ...before, ...measured, settings })
  const results: Results = JSON.parse(text)
  await mkdir(dirname(resultsFile), { recursive: true })
  await writeFile(resultsFile, text)
  await writeFile(chartFile, chartOf(results))
  await writeFile(readmeFile, withResults(await readFile(readmeFile, 'utf8'), results))
}

/** What was saved last, if anything was. */
export async function savedResults(): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(resultsFile, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const between = /(<!-- bench: written by npm run bench -- --save -->\n)[\s\S]*?(<!-- \/bench -->)/

/** The README with these results in their place. */
export function withResults(readme: string, results: Results): string {
  if (!between.test(readme)) throw new Error('README.md has no place for the results of the bench')
  const text = `\n${goalsTable(results)}\n${settingsOf(results)}\n\n`
  return readme.replace(between, (_, begin, end) => `${begin}${text}${end}`)
}

/** Figures with four digits that mean something, and a line of text for each line of a table. */
function asJson(results: Results): string {
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  const parts = Object.entries(results).map(([part, value]) => {
    const rows = Array.isArray(value) ? value.map((row) => JSON.stringify(row, rounded)) : undefined
    const text = rows === undefined ? JSON.stringify(value, rounded) : `[\n    ${rows.join(',\n    ')}\n  ]`
    return `  ${JSON.stringify(part)}: ${text}`
  })
  return `{\n${parts.join(',\n')}\n}\n`
}
