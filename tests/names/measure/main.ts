import { cpus } from 'node:os'
import { confusablesVersion } from '../../../shared/confusables.ts'
import { groups, table } from './table.ts'

const help = `Counts, in lists of first names and of English words, those that look like another of the list.

Usage: npm run measure:lookalikes

A name counts if it can be a username and somebody who has another of the list keeps it from being
claimed, where everybody writes their names in the way that heads the column.
`

function report(): string {
  const [cpu] = cpus()
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpu?.model.trim()}, ` +
      `Node ${process.versions.node}, confusables.txt ${confusablesVersion}`,
    table('skeleton'),
    table('prototypes, then only lower case'),
    ...(['lower case', 'Capitalised', 'CAPITALS'] as const).map(groups),
  ].join('\n\n')
}

process.stdout.write(process.argv.includes('--help') ? help : `${report()}\n`)
