import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { parseIntoClientConfig } from 'pg-connection-string'
import * as z from 'zod'
import { parseUrl, whole } from './read-text.ts'

/** Node's driver connects to one host; libpq's URLs may name several. */
function hasOneHost(url: string): boolean {
  const hosts = url.match(/^[^/]*\/\/(?:[^/?#]*@)?([^/?#]*)/)?.[1] ?? ''
  return !hosts.includes(',') && !parseUrl(url)?.searchParams.get('host')?.includes(',')
}

const ReadableFile = z.string().superRefine((path, { addIssue }) => {
  try {
    readFileSync(path)
  } catch (error) {
    addIssue(`must be a file that can be read (${(error as NodeJS.ErrnoException).code})`)
  }
})

/** In milliseconds, as many as PostgreSQL and timers can count. */
const timeout = (least: number) => whole(least, 2_147_483_647)

/** What pg takes from a URL without a look, to fail by it later or to connect as nobody asked it to. */
const UrlParameters = z
  .object({
    port: whole(1, 65_535),
    ssl: z.enum(['true', '1', '0', 'no-verify'], 'must be true, 1, 0 or no-verify'),
    sslmode: z.enum(
      ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'],
      'must be disable, prefer, require, verify-ca, verify-full or no-verify',
    ),
    sslnegotiation: z.enum(['postgres', 'direct'], 'must be postgres or direct'),
    sslcert: ReadableFile,
    sslkey: ReadableFile,
    sslrootcert: ReadableFile,
    uselibpqcompat: z.string(),
    statement_timeout: timeout(0),
    lock_timeout: timeout(0),
    idle_in_transaction_session_timeout: timeout(0),
    query_timeout: timeout(1),
  })
  .partial()
  .refine(
    ({ sslmode, sslrootcert, uselibpqcompat }) =>
      sslmode !== 'verify-ca' || sslrootcert || uselibpqcompat !== 'true',
    { path: ['sslmode'], message: 'must be verify-full, or come with sslrootcert' },
  )

/** An empty one is none to pg. */
function parametersOf(url: string): Record<string, string> {
  const given = [...(parseUrl(url)?.searchParams ?? [])].filter(([, value]) => value !== '')
  return Object.fromEntries(given)
}

/** To pg these modes are verify-full, unless it is to do as libpq does, and it warns whoever names one. */
function asVerifyFull(url: string): string {
  if (parametersOf(url).uselibpqcompat === 'true') return url
  const [address = '', ...query] = url.split('?')
  return [address, ...query.map((part) => part.replace(aliases, '$1verify-full'))].join('?')
}
const aliases = /((?:^|&)sslmode=)(?:prefer|require|verify-ca)(?=[&#]|$)/g

function refuseParameters(url: string, { addIssue }: z.RefinementCtx) {
  const [issue] = UrlParameters.safeParse(parametersOf(url)).error?.issues ?? []
  if (issue) addIssue(`has ?${String(issue.path[0])}=…, which ${issue.message}`)
}

/** Refuses a URL by which pg would throw for each connection, by the parsers that it uses itself. */
function refuseUnusable(url: string, { addIssue }: z.RefinementCtx) {
  try {
    const { ssl, sslnegotiation } = parseIntoClientConfig(url)
    if (typeof ssl === 'object') createSecureContext(ssl)
    if (sslnegotiation === 'direct' && !ssl) addIssue('must set sslmode=require for sslnegotiation=direct')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof URIError || error instanceof TypeError)
      addIssue('must be percent-encoded, in UTF-8: write % as %25, and a blank as %20')
    else if (code?.startsWith('ERR_OSSL'))
      addIssue(`must name the PEM files of one certificate as sslcert and sslkey, not encrypted (${code})`)
    else throw error
  }
}

/** The address of a PostgreSQL database, as pg can connect to it. */
export const PostgresUrl = z
  .string()
  .trim()
  .refine(
    hasOneHost,
    'must name one host: of servers that replicate each other, that of a proxy which leads to the primary, ' +
      'such as HAProxy (README, "A replicated PostgreSQL")',
  )
  .refine((url) => /^postgres(ql)?:\/\//i.test(url) && URL.canParse(url), 'must be a postgresql://… URL')
  .refine(
    (url) => !parseUrl(url)?.searchParams.has('schema'),
    'must not have ?schema=…: Dibs takes the schema "public" of a database of its own',
  )
  .refine(
    (url) => (parseUrl(url)?.pathname.length ?? 0) > 1,
    'must end with the name of a database: postgresql://host/dibs',
  )
  .superRefine(refuseParameters)
  .transform(asVerifyFull)
  .superRefine(refuseUnusable)
