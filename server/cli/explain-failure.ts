import { failureOf } from '../../client/failure.ts'
import { SettingsError } from '../config.ts'
import { databaseFault } from '../database/errors.ts'
import { Stop } from './stop.ts'
import { nothingAnswered } from './unanswered.ts'

/** What is told of a call that failed: the failure in a sentence, and what to do. */
export function explainFailure(error: unknown): unknown {
  if (error instanceof SettingsError) return new Stop('REFUSED', `Wrong settings: ${error.message}`)
  if (!(error instanceof Error) || error instanceof Stop) return error
  if (!('data' in error)) return explainFault(error)
  const failure = failureOf(error)
  const stop = (message: string) => new Stop(failure.kind, message)
  switch (failure.kind) {
    case 'USERNAME_TAKEN':
      return stop(`${failure.payload.username} is somebody’s. Release it first, or transfer it.`)
    case 'USERNAME_HELD': {
      const { username, until } = failure.payload
      return stop(`${username} is held for its last owner until ${until}. Release it first.`)
    }
    case 'USERNAME_TOO_SIMILAR':
      return stop(
        `Somebody else keeps a name that looks like ${failure.payload.username}. Release that one first.`,
      )
    case 'USERNAME_UNUSED':
      return stop(
        `${failure.payload.username} is nobody’s and not reserved. Anybody can claim it; reserve it if nobody should.`,
      )
    case 'PERSON_NOT_FOUND':
      return stop(
        `There is nobody called ${failure.payload.person}. Name them by their current @username, the e-mail address that they signed up with, or id. Somebody who signs in with an identity provider is known here once they claimed a name or saved their profile.`,
      )
    case 'SIGNED_OUT':
      return stop('The server knows nobody by the token in DIBS_TOKEN. Sign in again for a new one.')
    case 'ADMINISTRATORS_ONLY':
      return stop(
        'The token in DIBS_TOKEN is not an administrator’s. Make them one beside the database: npm run dibs -- admins add WHO.',
      )
    case 'INVALID_INPUT': {
      const { fields, form } = failure.payload
      const faults = Object.entries(fields).map(([name, messages]) => `${name}: ${messages.join(', ')}`)
      return stop([failure.message, ...faults, ...form].join('\n  '))
    }
    case 'NOT_FOUND':
      return stop(
        'What answers there is Dibs, but has no such procedure. Give --url without a path, or update that server.',
      )
    case 'NO_ANSWER':
      return stop(`${nothingAnswered}. Start it, or correct --url.`)
    case 'UNEXPECTED':
      return stop(`${failure.message} It is ${failure.requestId}.`)
    default:
      return stop(failure.message)
  }
}

/** What is told where a command asked the database by itself, and no procedure settled how that ended. */
function explainFault(error: Error): Error {
  switch (databaseFault(error)?.kind) {
    case undefined:
      return error
    case 'unavailable':
    case 'timeout':
    case 'retry':
      return new Stop(
        'UNAVAILABLE',
        'The database did not answer, or not in time. What was done stays done: run this again.',
      )
    default:
      return new Stop(
        'UNEXPECTED',
        'Something went wrong on our side. What was done stays done. Its stack is on the standard error.',
        error,
      )
  }
}
