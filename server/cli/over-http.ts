import { createDibsClient } from '../../client/index.ts'
import type { Opened } from './administration.ts'
import { Stop } from './stop.ts'
import { toldIfUnanswered } from './unanswered.ts'

/** How long a server may take to answer one call. */
const patienceMs = 30_000

/** Administers through a running server, as the administrator whose token is given. */
export function overHttp(url: string, token: string | undefined): Opened {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Stop('USAGE', `--url must be like http://localhost:3000, not "${url}".`)
  }
  const { username, password } = new URL(url)
  if (username !== '' || password !== '') {
    throw new Stop(
      'USAGE',
      '--url must have no user and no password in it: the token in DIBS_TOKEN says who asks.',
    )
  }
  const bearer = token?.trim()
  if (!bearer) {
    throw new Stop(
      'USAGE',
      'With --url an administrator’s bearer token is needed. Set DIBS_TOKEN to the one that signing in answers as set-auth-token.',
    )
  }
  // A bearer token is ASCII without spaces (RFC 6750, 2.1). With some others fetch fails before it asks, which
  // would read as no answer.
  if (!/^[!-~]+$/.test(bearer)) {
    throw new Stop(
      'USAGE',
      'DIBS_TOKEN is no bearer token: those are ASCII alone, without spaces. Set it to the one that signing in answers as set-auth-token.',
    )
  }
  const { admin } = createDibsClient({ url, token: bearer, transport: 'single', timeoutMs: patienceMs })
  return {
    admin: {
      reserveUsername: (input) => toldIfUnanswered(admin.reserveUsername.mutate(input)),
      releaseUsername: (input) => toldIfUnanswered(admin.releaseUsername.mutate(input)),
      transferUsername: (input) => toldIfUnanswered(admin.transferUsername.mutate(input)),
      findPerson: (input) => admin.findPerson.query(input),
      whoHeld: (input) => admin.whoHeld.query(input),
      usernameHistory: (input) => admin.usernameHistory.query(input),
    },
    close: async () => {},
  }
}
