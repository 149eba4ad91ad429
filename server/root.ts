import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The directory that holds `prisma/`, the same whether this runs from source or from `dist/`. */
export const root = findRoot(import.meta.dirname)

function findRoot(at: string): string {
  if (existsSync(join(at, 'prisma', 'schema.prisma'))) return at
  const above = dirname(at)
  if (above === at) throw new Error('prisma/schema.prisma is missing beside the server')
  return findRoot(above)
}
