import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { localBinaries } from '../../support/cluster.ts'

/** Where the programs of a replicated PostgreSQL are. */
export interface Programs {
  readonly patroni: string
  readonly etcd: string
  readonly haproxy: string
  /** The directory of PostgreSQL's own. */
  readonly postgres: string
}

/** Debian's packages, by the program. */
const packages = { patroni: 'patroni python3-etcd', etcd: 'etcd-server', haproxy: 'haproxy' }

/** What has to be installed first, in a sentence; null where nothing is missing. */
export function missingPrograms(): string | null {
  const missing = Object.entries(packages).flatMap(([program, names]) => (find(program) ? [] : [names]))
  if (localBinaries() === undefined) missing.push('postgresql')
  return missing.length === 0
    ? null
    : `A failover needs programs that are not here: apt-get install --no-install-recommends ${missing.join(' ')}`
}

/** @throws what has to be installed */
export function findPrograms(): Programs {
  const [patroni, etcd, haproxy] = ['patroni', 'etcd', 'haproxy'].map(find)
  const postgres = localBinaries()
  if (!patroni || !etcd || !haproxy || !postgres) throw new Error(missingPrograms() ?? 'programs are missing')
  return { patroni, etcd, haproxy, postgres }
}

/** What a program says its version is. */
export function versionOf(program: string, flag = '--version'): string {
  return execFileSync(program, [flag], { encoding: 'utf8' }).match(/\d+\.\d+(\.\d+)?/)?.[0] ?? 'unknown'
}

/** Debian has HAProxy where only the system administrator's PATH leads. */
function find(program: string): string | undefined {
  const places = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin']
  return places.map((place) => join(place, program)).find((file) => existsSync(file))
}
