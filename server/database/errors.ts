/** A unique constraint as an error describes it: as much of it as the driver passed on. */
export interface UniqueViolation {
  readonly kind: 'unique'
  /** The constraint's name, if the driver or the server's message gives it. */
  readonly constraint?: string
  /** Its columns, unquoted, if the driver gives them. */
  readonly columns?: readonly string[]
  /** The model that Prisma was asked to write; not in raw SQL, nor at COMMIT. */
  readonly model?: string
}

/** The database had too much to do for too long to be asked. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked'
  constructor() {
    super('too many statements were under way for too long')
  }
}

/** No connection to the database came about, for whatever reason, so that nothing was asked of it. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected'
  constructor(cause: unknown) {
    super('no connection to the database came about', { cause })
  }
}

/** What went wrong in the database, in the terms that decide what a caller is told. */
export type DatabaseFault =
  | UniqueViolation
  /** Serialization failure or deadlock: nothing happened, the whole transaction may be run again. */
  | { readonly kind: 'retry' }
  /** Out of reach, shutting down, or out of connections; a commit under way may have happened. */
  | { readonly kind: 'unavailable' }
  /** A statement or a lock took longer than allowed. */
  | { readonly kind: 'timeout' }
  /** The record to change is gone (P2025). */
  | { readonly kind: 'gone' }
  /** What a row refers to is not there, or still referred to (P2003). */
  | { readonly kind: 'reference' }
  /** Anything else that the database or Prisma refused: a defect of ours. */
  | { readonly kind: 'defect' }

/** By SQLSTATE (PostgreSQL, Appendix A): classes first, then single states. */
const sqlstateClasses: Readonly<Record<string, DatabaseFault['kind']>> = {
  '08': 'unavailable', // connection exception
  '28': 'unavailable', // invalid authorization: a password changed under us
  '53': 'unavailable', // insufficient resources
  '57': 'unavailable', // operator intervention: shutdown, crash, starting up
}
const sqlstates: Readonly<Record<string, DatabaseFault['kind']>> = {
  '23503': 'reference', // foreign_key_violation
  '23505': 'unique', // unique_violation
  '40001': 'retry', // serialization_failure
  '40P01': 'retry', // deadlock_detected
  '0A000': 'retry', // feature_not_supported: a migration changed what a prepared statement answers
  '26000': 'retry', // invalid_sql_statement_name: a pooler in between lost a prepared statement
  '40003': 'unavailable', // statement_completion_unknown
  '3D000': 'unavailable', // invalid_catalog_name: no such database now
  '57014': 'timeout', // query_canceled, by statement_timeout
  '55P03': 'timeout', // lock_not_available, by lock_timeout
  '25P03': 'unavailable', // idle_in_transaction_session_timeout
  '25P04': 'unavailable', // transaction_timeout, which ends the session as well
  '25006': 'unavailable', // read_only_sql_transaction: a standby, in the middle of a failover
}

/** By Prisma's own codes, where no SQLSTATE came along. */
const prismaCodes: Readonly<Record<string, DatabaseFault['kind']>> = {
  P1001: 'unavailable',
  P1002: 'unavailable',
  P1008: 'timeout',
  P1011: 'unavailable',
  P1017: 'unavailable',
  P2002: 'unique',
  P2003: 'reference',
  P2024: 'unavailable',
  P2025: 'gone',
  P2028: 'unavailable',
  P2034: 'retry',
  P2037: 'unavailable',
}

/** By the kinds that driver adapters name. */
const driverKinds: Readonly<Record<string, DatabaseFault['kind']>> = {
  ForeignKeyConstraintViolation: 'reference',
  UniqueConstraintViolation: 'unique',
  TransactionWriteConflict: 'retry',
  DatabaseNotReachable: 'unavailable',
  ConnectionClosed: 'unavailable',
  TooManyConnections: 'unavailable',
  TlsConnectionError: 'unavailable',
  SocketTimeout: 'unavailable',
}

/** What node-postgres and its pool say when there is no server to say it. */
const driverMessages: readonly (readonly [RegExp, DatabaseFault['kind']])[] = [
  [/^timeout exceeded when trying to connect/, 'unavailable'],
  [/^Connection terminated/, 'unavailable'],
  [/^Client has encountered a connection error/, 'unavailable'],
  [/^Cannot use a pool after calling end/, 'unavailable'],
  [/^PGlite is clos(ed|ing)/, 'unavailable'],
  [/^The server does not support SSL connections/, 'unavailable'],
  [/^There was an error establishing an SSL connection/, 'unavailable'],
  [/^Query read timeout/, 'timeout'],
]
const socketCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOENT'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN'],
])
/** What OpenSSL says of a certificate that it does not accept (X509_V_ERR_…), and Node of it and of TLS. */
const tlsCode =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)$|HOSTNAME_MISMATCH$|ERROR_IN_C|ERR_(TLS|SSL)_)/
const socketCalls = new Set(['connect', 'getaddrinfo', 'read', 'write'])

/**
 * Reads an error of Prisma, of its driver adapters or of the driver below them.
 *
 * This is the only reader of their shapes, which differ by adapter and by whether the
 * call was a model's, raw SQL, or a COMMIT. Answers undefined for errors of other origin.
 */
export function databaseFault(error: unknown): DatabaseFault | undefined {
  for (const at of withCauses(error)) {
    const fault = readError(at)
    if (fault) return fault
  }
  return undefined
}

/** Whether the server said this SQLSTATE, in an error or in what caused it. */
export function isOfSqlstate(error: unknown, sqlstate: string): boolean {
  for (const { code, originalCode } of withCauses(error)) {
    if (code === sqlstate || originalCode === sqlstate) return true
  }
  return false
}

function* withCauses(error: unknown): Iterable<Record<string, unknown>> {
  const seen = new Set<unknown>()
  for (let at = error; isRecord(at) && !seen.has(at); at = at.cause) {
    seen.add(at)
    yield at
  }
}

function readError(error: Record<string, unknown>): DatabaseFault | undefined {
  if (error instanceof NotAsked || error instanceof NotConnected) return { kind: 'unavailable' }
  const name = error.name
  const isPrisma = typeof name === 'string' && name.startsWith('PrismaClient')
  const isDriver = name === 'DriverAdapterError'
  const meta = isRecord(error.meta) ? error.meta : {}
  const driverError = isDriver ? error : isRecord(meta.driverAdapterError) ? meta.driverAdapterError : {}
  const cause = isRecord(driverError.cause) ? driverError.cause : {}

  const kind =
    bySqlstate(cause.originalCode) ??
    bySqlstate(cause.code) ??
    lookUp(driverKinds, cause.kind) ??
    (isPrisma ? (lookUp(prismaCodes, error.code) ?? lookUp(prismaCodes, error.errorCode)) : undefined) ??
    (isDatabaseError(error) ? bySqlstate(error.code) : undefined) ??
    byConnection(error)

  if (kind === 'unique') return uniqueViolation(isDatabaseError(error) ? error : cause, meta.modelName)
  if (kind !== undefined) return { kind }
  return isPrisma || isDriver || isDatabaseError(error) ? { kind: 'defect' } : undefined
}

/** From an adapter's `cause`, or from the server's own error. */
function uniqueViolation(told: Record<string, unknown>, model: unknown): UniqueViolation {
  const { index, fields } = isRecord(told.constraint) ? told.constraint : { index: told.constraint }
  const constraint =
    typeof index === 'string' ? unquote(index) : quotedName(told.originalMessage ?? told.message)
  return {
    kind: 'unique',
    ...(constraint ? { constraint } : {}),
    ...(Array.isArray(fields) ? { columns: fields.map((field) => unquote(String(field))) } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  }
}

/** The first quoted word of a server's message, whichever quotes its language uses. */
function quotedName(message: unknown): string | undefined {
  if (typeof message !== 'string') return undefined
  return message.match(/["«»„“”‘’『「']\s*([\w$]+)\s*["«»„“”‘’』」']/)?.[1]
}

function unquote(identifier: string): string {
  return identifier.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')
}

function bySqlstate(code: unknown): DatabaseFault['kind'] | undefined {
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return undefined
  return lookUp(sqlstates, code) ?? lookUp(sqlstateClasses, code.slice(0, 2))
}

function byConnection({ code, syscall, errors, message }: Record<string, unknown>) {
  // A host with several addresses fails with an error for each, and no system call.
  const ofSocket = Array.isArray(errors) || (typeof syscall === 'string' && socketCalls.has(syscall))
  if (typeof code === 'string' && ((ofSocket && socketCodes.has(code)) || tlsCode.test(code)))
    return 'unavailable'
  if (typeof message !== 'string') return undefined
  return driverMessages.find(([pattern]) => pattern.test(message))?.[1]
}

/** An error as the server sent it, from node-postgres or PGlite. */
function isDatabaseError(error: Record<string, unknown>): boolean {
  return typeof error.severity === 'string' && typeof error.code === 'string'
}

function lookUp<V>(table: Readonly<Record<string, V>>, key: unknown): V | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
