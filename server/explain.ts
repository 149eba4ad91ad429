import { SettingsError } from './config.ts'
import { DatabaseRefusal } from './database/engine.ts'

/** Why Dibs cannot start. Mistakes of the operator are told in a sentence, everything else with all that is known. */
export function explain(error: unknown): string {
  if (error instanceof SettingsError) return `Wrong settings:\n${error.message.replace(/^/gm, '  ')}`
  if (error instanceof DatabaseRefusal) return error.message
  if (!(error instanceof Error)) return String(error)
  return ofSystem(error) ?? error.stack ?? error.message
}

/** The errors of the operating system that a setting can cure. */
function ofSystem({
  code,
  syscall,
  path,
  address,
  port,
}: Error & { code?: unknown; syscall?: unknown; path?: unknown; address?: unknown; port?: unknown }) {
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    if (code === 'EADDRINUSE')
      return `Port ${port} of ${address} is in use by another program. Stop that one, or set PORT to another port.`
    if (code === 'EACCES')
      return `Port ${port} is not ours to listen on. Set PORT to one above 1023, with a proxy in front.`
    return `HOST is no address of this machine (${code}). Set it to 127.0.0.1, or to 0.0.0.0 for all of them.`
  }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `No space is left in DATA_DIR (${code}). Free some, or set it to another directory.`
  const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT']
  if (typeof path === 'string' && unwritable.includes(String(code)))
    return `${path} cannot be written (${code}). Let this user write there, or set DATA_DIR to another directory.`
  return undefined
}
