import { useRef } from 'react'
import { authApi, mayBeDone, refusalOf } from './auth-api.ts'
import type { NewPerson } from './credentials.ts'

/** Answers a function that signs somebody up, or in where an earlier try did it and its answer was lost. */
export function useSignUp() {
  const unanswered = useRef<NewPerson>(undefined)
  return async (person: NewPerson) => {
    try {
      await authApi.signUp(person)
    } catch (error) {
      const refusal = refusalOf(error)
      if (mayBeDone(refusal)) unanswered.current = person
      if (refusal !== 'EMAIL_TAKEN' || !isSame(person, unanswered.current)) throw error
      await authApi.signIn(person).catch((why) => {
        throw refusalOf(why) === 'WRONG_CREDENTIALS' ? error : why
      })
    }
  }
}

function isSame(a: NewPerson, b: NewPerson | undefined): boolean {
  return a.email === b?.email && a.password === b.password
}
