import type { Line } from '../closed.ts'
import type { Operation } from '../load/operations.ts'
import type { Results } from '../results.ts'
import { contestants } from '../servers/contestants.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { figure } from './table.ts'

const width = 720
/** Where the bars begin, and how long they can be: the figure stands behind. */
const left = 220
const longest = 400
const rowHeight = 24
const panelGap = 26
const margin = 20

const panels: readonly (readonly [operation: Operation, title: string])[] = [
  ['win', 'Winning claims a second'],
  ['lose', 'Losing claims a second'],
]

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .figure, .spread { fill: #59636e; stroke: #59636e }
  .figure { stroke: none; font-variant-numeric: tabular-nums }
  rect { fill: #afb8c1 }
  .ours { fill: #0969da }
  .yardstick { fill: #6e7781 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .figure, .spread { fill: #9198a1; stroke: #9198a1 }
    .figure { stroke: none }
    rect { fill: #3d444d }
    .ours { fill: #4493f8 }
    .yardstick { fill: #656c76 }
  }`

/** What was measured with the most connections, as a picture (SVG): bars for medians, lines from the least to the most. */
export function chartOf({ closed = [] }: Results): string {
  const most = Math.max(1, ...closed.map(({ connections }) => connections))
  let top = margin
  const drawn: string[] = []
  for (const [operation, title] of panels) {
    const lines = closed.filter((line) => line.operation === operation && line.connections === most)
    drawn.push(`<text class="title" x="${margin}" y="${top + 14}">${title}, ${most} connections</text>`)
    top += rowHeight + 4
    drawn.push(...bars(lines, top))
    top += lines.length * rowHeight + panelGap
  }
  const height = top - panelGap + margin
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">Claims a second through Dibs and through others</title>
<desc id="desc">${escaped(said(closed, most))}</desc>
<style>${style}
</style>
${drawn.join('\n')}
</svg>
`
}

function bars(lines: readonly Line[], top: number): string[] {
  const rates = lines.map(rateOf)
  const scale = longest / Math.max(1, ...rates.map((rate) => rate.most))
  return lines.flatMap(({ contestant }, at) => {
    const { median, least, most } = rates[at] as Spread
    const y = top + at * rowHeight
    const middle = y + 9
    const end = left + most * scale
    return [
      `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${escaped(contestants[contestant].title)}</text>`,
      `<rect class="${kindOf(contestant)}" x="${left}" y="${y + 1}" width="${px(Math.max(1, median * scale))}" height="17" rx="2"/>`,
      `<path class="spread" d="M${px(left + least * scale)} ${middle}H${px(end)}"/>`,
      `<text class="figure" x="${px(end + 8)}" y="${y + 14}">${figure(median)}</text>`,
    ]
  })
}

function rateOf({ samples }: Line): Spread {
  return spreadOf(samples.map(({ perSecond }) => perSecond))
}

function kindOf(contestant: string): string {
  if (contestant.startsWith('dibs')) return 'ours'
  return contestant.startsWith('by-hand') ? 'yardstick' : 'other'
}

/** The same in words. */
function said(closed: readonly Line[], most: number): string {
  return panels
    .map(([operation, title]) => {
      const figures = closed
        .filter((line) => line.operation === operation && line.connections === most)
        .map((line) => `${contestants[line.contestant].title} ${figure(rateOf(line).median)}`)
      return `${title} with ${most} connections: ${figures.join('; ')}.`
    })
    .join(' ')
}

function px(value: number): string {
  return value.toFixed(1)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
