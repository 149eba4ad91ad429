/** How the page looks, in light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #15171a); --ink: light-dark(#1c2024, #e8eaed);
  --soft: light-dark(#5b636b, #a5adb6); --line: light-dark(#dfe3e7, #343a41);
  --done: light-dark(#bfe6c8, #1f5a31); --done-edge: light-dark(#1e7a3a, #5fce83);
  --read: light-dark(#cfe1f7, #1f4468); --read-edge: light-dark(#2563a8, #77b2f2);
  --refused: light-dark(#e4e6e9, #3a4048); --refused-edge: light-dark(#6a737c, #9aa3ad);
  --unknown: light-dark(#fbe6b8, #5f4a12); --unknown-edge: light-dark(#96690a, #e9bd55);
  --fault: light-dark(#f9d5d2, #5a2320); --mark: light-dark(#c01c28, #ff7b72);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { padding: 1.5rem clamp(1rem, 3vw, 3rem); max-width: 100rem; margin: auto }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; text-wrap: balance }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.why { max-width: 46rem; padding-left: 1.5rem; margin: 0 0 1.25rem }
.why li { margin: .25rem 0; overflow-wrap: anywhere }
.why li:last-child { font-weight: 600 }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 0 0 .75rem; font-size: .875rem; color: var(--soft) }
.legend li { display: flex; align-items: center; gap: .4rem }
.swatch { width: 1.4rem; height: .9rem; border-radius: 3px; border: 1.5px solid }
.swatch.done { background: var(--done); border-color: var(--done-edge) }
.swatch.read { background: var(--read); border-color: var(--read-edge) }
.swatch.refused { background: var(--refused); border-color: var(--refused-edge) }
.swatch.unknown { background: var(--unknown); border-color: var(--unknown-edge); border-style: dashed; border-right: 0 }
.swatch.fault { background: var(--fault); border-color: transparent }
figure { margin: 0 }
.frame { display: flex; border: 1px solid var(--line); border-radius: 8px; overflow: hidden }
.lanes { list-style: none; margin: 0; padding: 0; flex: none; max-width: 30%; border-right: 1px solid var(--line); font-size: .8125rem }
.lanes li { padding: 0 .6rem; line-height: 34px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.scroll { overflow-x: auto; flex: 1; min-width: 0 }
.scroll:focus-visible { outline: 3px solid var(--read-edge); outline-offset: -3px }
.call { outline: none }
svg { display: block }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink) }
.time { fill: var(--soft) !important; font-variant-numeric: tabular-nums }
.tick, .lane { stroke: var(--line) }
.call rect { stroke-width: 1.5 }
.call.done rect { fill: var(--done); stroke: var(--done-edge) }
.call.read rect { fill: var(--read); stroke: var(--read-edge) }
.call.refused rect { fill: var(--refused); stroke: var(--refused-edge) }
.call.unknown rect { fill: var(--unknown); stroke: var(--unknown-edge); stroke-dasharray: 5 3 }
.call.marked rect { stroke: var(--mark); stroke-width: 3 }
.call:hover rect, .call:focus rect { stroke: var(--ink); stroke-width: 3 }
.gave-up { stroke: var(--unknown-edge); stroke-width: 2 }
.fault rect { fill: var(--fault) }
figcaption { min-height: 3.2em; margin-top: .5rem; font-size: .9375rem; overflow-wrap: anywhere }
table { border-collapse: collapse; font-size: .875rem; width: 100%; min-width: 46rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 600 }
td { font-variant-numeric: tabular-nums }
tr.marked td { font-weight: 600 }
tr.marked td:first-child { box-shadow: inset 3px 0 var(--mark); padding-left: .6rem }
`

/** Moves between the calls and says what they were. */
export const script = `
const calls = [...document.querySelectorAll('.call')]
const details = document.getElementById('details')
const picture = document.querySelector('.frame .scroll')
let at = -1
const tell = (call) => { details.textContent = call.getAttribute('aria-label') }
calls.forEach((call, index) => {
  call.addEventListener('pointerenter', () => tell(call))
  call.addEventListener('focus', () => { at = index; tell(call) })
})
picture?.addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  const next = step ? calls[Math.min(calls.length - 1, Math.max(0, at + step))] : event.key === 'Home' ? calls[0] : event.key === 'End' ? calls.at(-1) : null
  if (!next) return
  event.preventDefault()
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest', inline: 'center' })
})
`
