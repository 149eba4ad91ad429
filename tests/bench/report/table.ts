/** A table in Markdown. All columns but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return `${[line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')}\n`
}

export function figure(value: number): string {
  const digits = Math.abs(value) < 0.05 ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
