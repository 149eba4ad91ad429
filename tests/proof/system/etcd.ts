import { join } from 'node:path'
import { freePort } from '../../support/server.ts'
import { type BackgroundProgram, newBackgroundProgram } from './background-program.ts'

/**
 * An etcd of one member, that is not started yet.
 *
 * @param dir for its log
 * @param data where it makes a directory for what it keeps
 */
export async function newEtcd(
  program: string,
  { dir, data }: { dir: string; data: string },
): Promise<BackgroundProgram & { readonly port: number }> {
  const port = await freePort()
  const clients = `http://127.0.0.1:${port}`
  const peers = `http://127.0.0.1:${await freePort()}`
  const options = {
    'data-dir': data,
    'listen-client-urls': clients,
    'advertise-client-urls': clients,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
    'log-level': 'error',
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  return { ...newBackgroundProgram(program, args, join(dir, 'etcd.log')), port }
}
