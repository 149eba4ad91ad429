/** What a directory may do to its reader, by the numbers of WASI (`errno`), which aren't the system's. */
const codes: Readonly<Record<number, string>> = {
  2: 'EACCES',
  19: 'EDQUOT',
  29: 'EIO',
  31: 'EISDIR',
  33: 'EMFILE',
  41: 'ENFILE',
  44: 'ENOENT',
  51: 'ENOSPC',
  54: 'ENOTDIR',
  63: 'EPERM',
  69: 'EROFS',
}

/** Of what PGlite throws of the file system, a bare number, makes an error with a `code`, as Node's have. */
export function translated(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('errno' in error) || error instanceof Error)
    return error
  const number = Number(error.errno)
  const code = codes[number]
  const says = code ?? `errno ${number} of WASI`
  return Object.assign(new Error(`the file system says ${says}`, { cause: error }), { code })
}
