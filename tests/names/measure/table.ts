import { collisions, comparisons, spellings } from './collisions.ts'
import { lists } from './lists.ts'

const listed = 20

/** How many names of each list collide with another of it, as the rows of a Markdown table. */
export function rows(comparison: keyof typeof comparisons): string[] {
  return Object.entries(lists).map(([label, names]) => {
    const counts = Object.values(spellings).map(
      (spell) => new Set(collisions(names, spell, comparisons[comparison]).flat()).size,
    )
    return `| ${label} | ${[names.length, ...counts].map((count) => count.toLocaleString('en')).join(' | ')} |`
  })
}

export function table(comparison: keyof typeof comparisons): string {
  const spelt = Object.keys(spellings)
  const head = [
    `| by ${comparison} | names | ${spelt.join(' | ')} |`,
    `|---|---:|${'---:|'.repeat(spelt.length)}`,
  ]
  return [...head, ...rows(comparison)].join('\n')
}

/** Which names collide, list by list: the first groups. */
export function groups(spelling: keyof typeof spellings): string {
  const lines = Object.entries(lists).map(([label, names]) => {
    const found = collisions(names, spellings[spelling], comparisons.skeleton)
    const first = found.slice(0, listed).map((group) => group.join('/'))
    const more = found.length > listed ? ` and ${found.length - listed} more` : ''
    return `- ${label}: ${first.join(', ')}${more}`
  })
  return [`In ${spelling}:`, ...lines].join('\n')
}
