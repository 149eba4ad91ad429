/** A name in the three ways that people type it: all one name. */
export function capitals(name: string): string[] {
  return [name, name.toUpperCase(), name.charAt(0).toUpperCase() + name.slice(1)]
}
