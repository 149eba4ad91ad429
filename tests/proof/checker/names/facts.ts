/**
 * What is known at some places. Facts never change: `with` answers others, which share what is
 * the same. Values are plain objects of JSON, equal where their JSON is.
 */
export interface Facts<Value> {
  get(place: string): Value | undefined
  /** The JSON of what is known there, empty for nothing. */
  textAt(place: string): string
  /** Other facts with this value at a place, nothing there for undefined; the same ones where it was so. */
  with(place: string, value: Value | undefined): Facts<Value>
  /** Equal for facts that came from the same `noFacts` and say the same, and for no others. */
  id(): number
}

interface Cell<Value> {
  readonly value: Value
  readonly text: string
}
type Row<Value> = readonly (Cell<Value> | undefined)[]

/**
 * Nothing known yet at some places. A change copies two arrays as long as the root of how many
 * places there are; comparing is by a sum of hashes that a change keeps up to date, then exactly.
 */
export function noFacts<Value>(places: Iterable<string>): Facts<Value> {
  const slots = new Map<string, number>()
  for (const place of places) if (!slots.has(place)) slots.set(place, slots.size)
  const width = Math.max(1, Math.ceil(Math.sqrt(slots.size)))
  const byHash = new Map<number, { rows: readonly Row<Value>[]; id: number }[]>()
  let ids = 0

  function slotOf(place: string): number {
    const slot = slots.get(place)
    if (slot === undefined) throw new RangeError(`Nothing can be known at ${place}`)
    return slot
  }

  function idOf(rows: readonly Row<Value>[], hash: number): number {
    const alike = byHash.get(hash) ?? []
    byHash.set(hash, alike)
    const same = alike.find((one) => isSame(one.rows, rows))
    if (same) return same.id
    alike.push({ rows, id: ids })
    return ids++
  }

  function factsOf(rows: readonly Row<Value>[], hash: number): Facts<Value> {
    let id: number | undefined
    const facts: Facts<Value> = {
      get(place) {
        const slot = slots.get(place) ?? -1
        return rows[Math.floor(slot / width)]?.[slot % width]?.value
      },
      textAt(place) {
        const slot = slots.get(place) ?? -1
        return rows[Math.floor(slot / width)]?.[slot % width]?.text ?? ''
      },
      with(place, value) {
        const slot = slotOf(place)
        const at = Math.floor(slot / width)
        const before = rows[at]?.[slot % width]
        const text = value === undefined ? undefined : JSON.stringify(value)
        if (before?.text === text) return facts
        const row = rows[at]?.slice() ?? new Array<undefined>(width).fill(undefined)
        row[slot % width] = value === undefined || text === undefined ? undefined : { value, text }
        const change = hashOf(slot, text) - hashOf(slot, before?.text)
        return factsOf(rows.with(at, row), hash + change)
      },
      id() {
        id ??= idOf(rows, hash)
        return id
      },
    }
    return facts
  }
  return factsOf(new Array<Row<Value>>(width).fill([]), 0)
}

function isSame<Value>(some: readonly Row<Value>[], others: readonly Row<Value>[]): boolean {
  return some.every((row, at) => {
    const other = others[at] ?? []
    const length = Math.max(row.length, other.length)
    if (row === other) return true
    for (let i = 0; i < length; i++) if (row[i]?.text !== other[i]?.text) return false
    return true
  })
}

/** FNV-1a of a text at a slot, 32 bits; sums of them are exact for 2^21 slots. */
function hashOf(slot: number, text: string | undefined): number {
  if (text === undefined) return 0
  let hash = Math.imul(slot ^ 0x811c9dc5, 0x9e3779b1)
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
