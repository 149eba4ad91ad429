import { type AuthRefusal, refusalOf } from './auth-api.ts'

const texts: Readonly<Record<AuthRefusal, string>> = {
  EMAIL_TAKEN: 'There is an account with this e-mail address already.',
  WRONG_CREDENTIALS: 'The e-mail address or the password is not right.',
  WRONG_PASSWORD: 'That is not your password.',
  SIGNED_OUT: 'You are signed out. Sign in, then try again.',
  ACCOUNTS_ELSEWHERE: 'Nobody signs in on these pages: accounts are kept elsewhere.',
  INVALID_EMAIL: 'That e-mail address does not look right.',
  INVALID_PASSWORD: 'Use a password of 8 to 128 characters.',
  RATE_LIMITED: 'Too many attempts. Wait a minute, then try again.',
  UNAVAILABLE: 'The service cannot answer right now. Try again.',
  NO_ANSWER: 'The service did not answer. Check the connection and try again.',
  UNEXPECTED: 'Something went wrong on our side. Try again.',
}

/** What to tell somebody to whom the service refused it. */
export function refusalText(error: unknown): string {
  return texts[refusalOf(error)]
}
