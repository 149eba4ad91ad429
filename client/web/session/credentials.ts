import * as z from 'zod/mini'
import { visible } from '../../../shared/visible.ts'

/** What the service asks of an e-mail address and a password, so that a form can say it before. */
const email = z.email('Type an e-mail address like you@example.com')

export const SignUpInput = z.object({
  name: z
    .string()
    .check(
      z.trim(),
      z.overwrite(visible),
      z.minLength(1, 'Type your name'),
      z.maxLength(80, 'Use at most 80 characters'),
    ),
  email,
  password: z
    .string()
    .check(z.minLength(8, 'Use at least 8 characters'), z.maxLength(128, 'Use at most 128 characters')),
})

export type NewPerson = z.output<typeof SignUpInput>

/** One's own password, to be checked. */
export const KnownPassword = z.string().check(z.minLength(1, 'Type your password'))

export const SignInInput = z.object({ email, password: KnownPassword })
