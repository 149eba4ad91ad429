import type { Spread } from '../statistics.ts'

/** A table in Markdown. All columns but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column < texts ? '---' : '---:'))
  return `${[line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')}\n`
}

/** With as many digits as mean something. */
export function figure(value: number): string {
  const digits = Math.abs(value) < 0.005 || Math.abs(value) >= 100 ? 0 : Math.abs(value) < 10 ? 2 : 1
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function times({ median, least, most }: Spread): string {
  return `${median.toFixed(2)}× (${least.toFixed(2)} to ${most.toFixed(2)})`
}
