import { expect, test } from 'vitest'
import { databaseFault, NotAsked } from '../../server/database/errors.ts'

/** As node-postgres, Node's TLS and PGlite throw them, with no adapter in between. */
test.each<[string, Record<string, unknown>, string | undefined]>([
  ['certificate has expired', { code: 'CERT_HAS_EXPIRED' }, 'unavailable'],
  ['self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'unavailable'],
  ['unable to verify the first certificate', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'unavailable'],
  [
    "Hostname/IP does not match certificate's altnames",
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    'unavailable',
  ],
  ['The server does not support SSL connections', {}, 'unavailable'],
  ['There was an error establishing an SSL connection', {}, 'unavailable'],
  ['connect ETIMEDOUT 10.0.0.1:5432', { code: 'ETIMEDOUT', syscall: 'connect' }, 'unavailable'],
  ['timeout exceeded when trying to connect', {}, 'unavailable'],
  ['Query read timeout', {}, 'timeout'],
  ['PGlite is closing', {}, 'unavailable'],
  ['PGlite is closed', {}, 'unavailable'],
  ['canceling statement due to statement timeout', { severity: 'ERROR', code: '57014' }, 'timeout'],
  ['terminating connection due to transaction timeout', { severity: 'FATAL', code: '25P04' }, 'unavailable'],
  ['division by zero', { severity: 'ERROR', code: '22012' }, 'defect'],
  ['CERT_ in a message says nothing', { code: 'MODULE_NOT_FOUND' }, undefined],
])('%s', (message, more, kind) => {
  expect(databaseFault(Object.assign(new Error(message), more))?.kind).toBe(kind)
})

test('A statement that was not even asked for is told as one that the database had no time for', () => {
  expect(databaseFault(new NotAsked())).toEqual({ kind: 'unavailable' })
})
