import { askedOf, sentenceOf, toldOf } from '../checker/names/sentences.ts'
import { type Call, isUnknown } from '../history.ts'
import { script, style } from './page.ts'
import { type Scale, scaleOf } from './scale.ts'

/** Something that was broken for a while, in nanoseconds of the history's clock. */
export interface FaultBand {
  readonly name: string
  readonly from: number
  /** Until all was right again. */
  readonly to: number
  /** What was hit, in a sentence. */
  readonly what: string
}

export interface Timeline {
  readonly title: string
  /** Sentences above the picture. */
  readonly explanation?: readonly string[]
  /** At most some thousands: of more, those that matter. */
  readonly calls: readonly Call[]
  readonly faults?: readonly FaultBand[]
  /** An order in which calls took effect, drawn as numbers. */
  readonly order?: readonly Call[]
  /** The ids of calls that matter most. */
  readonly highlighted?: readonly string[]
}

const laneHeight = 34
const top = 44

/**
 * An HTML page that shows a history and needs nothing but itself: a lane for each process, a bar
 * for each call from when it was made to when it was answered, and all of it as a table.
 */
export function drawTimeline(timeline: Timeline): string {
  const { title, explanation = [], faults = [], order = [], highlighted = [] } = timeline
  const calls = timeline.calls.toSorted((a, b) => a.call - b.call)
  const scale = scaleOf(calls, faults)
  const lanes = [...new Set(calls.map(({ process }) => process))].sort(byNumber)
  const places = new Map(order.map(({ id }, at) => [id, at + 1]))
  const marked = new Set(highlighted)
  const height = top + lanes.length * laneHeight
  const laneOf = new Map(lanes.map((lane, at) => [lane, at]))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${explanation.length === 0 ? '' : `<ol class="why">${explanation.map((one) => `<li>${escaped(one)}</li>`).join('')}</ol>`}
<ul class="legend" aria-label="Colours">
${legend.map(([kind, words]) => `<li><span class="swatch ${kind}"></span>${words}</li>`).join('\n')}
${faults.length === 0 ? '' : '<li><span class="swatch fault"></span>something was broken</li>'}
</ul>
<figure>
<div class="frame">
<ul class="lanes" aria-hidden="true" style="padding-top:${top}px">${lanes.map((lane) => `<li style="height:${laneHeight}px">${escaped(lane)}</li>`).join('')}</ul>
<div class="scroll" tabindex="0" role="group" aria-label="The calls over time. The arrow keys move from one to the next; the same is in the table below.">
<svg width="${scale.width}" height="${height}" viewBox="0 0 ${scale.width} ${height}">
${faults.map((fault) => bandOf(fault, scale, height)).join('\n')}
${scale.ticks.map(({ x, label }) => `<line class="tick" x1="${x}" x2="${x}" y1="24" y2="${height}"/><text class="time" x="${x + 3}" y="18">${label}</text>`).join('\n')}
${lanes.map((_, at) => `<line class="lane" x1="0" x2="${scale.width}" y1="${top + (at + 1) * laneHeight}" y2="${top + (at + 1) * laneHeight}"/>`).join('\n')}
${calls.map((call) => barOf(call, top + (laneOf.get(call.process) ?? 0) * laneHeight, scale, places.get(call.id), marked.has(call.id))).join('\n')}
</svg>
</div>
</div>
<figcaption id="details" aria-live="polite">Point at a bar, or move to it with the arrow keys, to read what it was.</figcaption>
</figure>
<h2>The same as a table</h2>
<div class="scroll" tabindex="0" role="region" aria-label="The calls as a table">
<table>
<thead><tr>${order.length === 0 ? '' : '<th scope="col">Order</th>'}<th scope="col">Called</th><th scope="col">Returned</th><th scope="col">Process</th><th scope="col">Person</th><th scope="col">Did</th><th scope="col">Answer</th></tr></thead>
<tbody>
${calls.map((call) => rowOf(call, scale, order.length > 0, places.get(call.id), marked.has(call.id))).join('\n')}
</tbody>
</table>
</div>
${faults.length === 0 ? '' : faultTable(faults, scale)}
</main>
<script>${script}</script>
</body>
</html>
`
}

type Kind = 'done' | 'read' | 'refused' | 'unknown'

const legend: readonly (readonly [Kind, string])[] = [
  ['done', 'was done'],
  ['read', 'was read'],
  ['refused', 'was refused'],
  ['unknown', 'nobody knows: open to the right'],
]

const changing: ReadonlySet<string> = new Set([
  'profile.claimUsername',
  'profile.releaseUsername',
  'admin.reserveUsername',
  'admin.releaseUsername',
  'admin.transferUsername',
  'clock',
])

function kindOf({ outcome, procedure }: Call): Kind {
  if (isUnknown(outcome)) return 'unknown'
  if (!changing.has(procedure)) return 'read'
  return outcome.kind === 'OK' ? 'done' : 'refused'
}

function barOf(call: Call, y: number, scale: Scale, place: number | undefined, isMarked: boolean): string {
  const kind = kindOf(call)
  const from = scale.x(call.call)
  const mayYetBeDone = kind === 'unknown' && changing.has(call.procedure)
  const end = mayYetBeDone ? (call.settledBy ?? null) : call.return
  const to = end === null ? scale.width : Math.min(scale.width, scale.x(end))
  const width = Math.max(6, to - from)
  const words = `${place === undefined ? '' : `${place}. `}${sentenceOf(call)}`
  const label = `${place === undefined ? '' : `${place}  `}${shortOf(call)}`
  const answered = kind === 'unknown' && call.return !== null ? scale.x(call.return) : null
  return `<g class="call ${kind}${isMarked ? ' marked' : ''}" tabindex="-1" role="img" aria-label="${escaped(words)}"><rect x="${from}" y="${y + 5}" width="${width}" height="24" rx="4"/>${answered === null ? '' : `<line class="gave-up" x1="${answered}" x2="${answered}" y1="${y + 5}" y2="${y + 29}"/>`}<svg x="${from}" y="${y + 5}" width="${width}" height="24"><text x="5" y="16">${escaped(label)}</text></svg></g>`
}

/** A call in as few words as a bar has room for. */
function shortOf(call: Call): string {
  const { input, outcome } = call
  const what = 'username' in input ? input.username : (call.by ?? '')
  const verb = call.procedure.replace(/^(profile|admin)\./, '').replace('Username', '')
  return `${verb} ${what} ${outcome.kind === 'OK' ? '✓' : isUnknown(outcome) ? '?' : '✗'}`
}

function bandOf({ name, from, to, what }: FaultBand, scale: Scale, height: number): string {
  const x = scale.x(from)
  const width = Math.max(3, scale.x(to) - x)
  return `<g class="fault" role="img" aria-label="${escaped(`${name}: ${what}`)}"><title>${escaped(`${name}: ${what}`)}</title><rect x="${x}" y="24" width="${width}" height="${height - 24}"/><text x="${x + 3}" y="38">${escaped(name)}</text></g>`
}

function rowOf(
  call: Call,
  scale: Scale,
  hasOrder: boolean,
  place: number | undefined,
  isMarked: boolean,
): string {
  const cells = [
    ...(hasOrder ? [place === undefined ? '' : String(place)] : []),
    scale.label(call.call),
    call.return === null ? 'never' : scale.label(call.return),
    call.process,
    call.by ?? '',
    askedOf(call),
    toldOf(call),
  ]
  return `<tr class="${kindOf(call)}${isMarked ? ' marked' : ''}">${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`
}

function faultTable(faults: readonly FaultBand[], scale: Scale): string {
  const rows = faults.map(
    ({ name, from, to, what }) =>
      `<tr><td>${scale.label(from)}</td><td>${scale.label(to)}</td><td>${escaped(name)}</td><td>${escaped(what)}</td></tr>`,
  )
  return `<h2>What was broken</h2>
<div class="scroll" tabindex="0" role="region" aria-label="What was broken, as a table">
<table>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Fault</th><th scope="col">What</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>
</div>`
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
