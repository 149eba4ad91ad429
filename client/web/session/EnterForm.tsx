import { type FormEvent, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Link } from 'wouter'
import type * as z from 'zod/mini'
import { Field } from '../ui/Field.tsx'
import { type FieldProblems, fieldProblems, focusFirstProblem } from '../ui/form-problems.ts'
import { Spinner } from '../ui/Icon.tsx'
import { Problem } from '../ui/Problem.tsx'
import { AlreadyIn } from './AlreadyIn.tsx'
import { refusalOf } from './auth-api.ts'
import { emailTyped, keepEmail } from './email-typed.ts'
import { PasswordField } from './PasswordField.tsx'
import { useSentFrom } from './sent-from.ts'
import { useSession } from './session.ts'
import { useEnter } from './use-enter.ts'

export interface EnterFormProps<T> {
  readonly schema: z.ZodMiniType<T>
  authenticate(person: T): Promise<void>
  /** Whether to ask for a name and a new password. */
  readonly isNew: boolean
  readonly action: string
}

/** The form to sign in or up with. */
export function EnterForm<T>({ schema, authenticate, isNew, action }: EnterFormProps<T>) {
  const { enter, pending, refusal } = useEnter()
  const [values, setValues] = useState({ name: '', email: emailTyped(), password: '' })
  const [problems, setProblems] = useState<FieldProblems>({})
  const [isTaken, setTaken] = useState(false)
  const sentFrom = useSentFrom()
  const session = useSession()

  function field(name: keyof typeof values) {
    return {
      name,
      value: values[name],
      problem: problems[name],
      onChange(value: string) {
        setValues({ ...values, [name]: value })
        if (name === 'email') keepEmail(value)
        setProblems({ ...problems, [name]: undefined })
      },
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (pending) return
    const parsed = schema.safeParse(values)
    if (parsed.success) return void enter(() => tryToEnter(parsed.data))
    setProblems(fieldProblems(parsed.error))
    focusFirstProblem(event.currentTarget)
  }

  async function tryToEnter(person: T) {
    setTaken(false)
    try {
      await authenticate(person)
      keepEmail('')
    } catch (error) {
      setTaken(refusalOf(error) === 'EMAIL_TAKEN')
      throw error
    }
  }

  const signInInstead = (
    <Link href="/signin" state={sentFrom} className="button button-quiet">
      Sign in instead
    </Link>
  )

  return (
    <>
      {session && !pending && <AlreadyIn name={session.name} />}
      <form className="panel stack" onSubmit={submit} noValidate>
        {isNew && <Field label="Your name" autoComplete="name" {...field('name')} />}
        <Field label="E-mail" type="email" autoComplete="email" {...field('email')} />
        <PasswordField isNew={isNew} {...field('password')} />
        {refusal !== undefined && <Problem actions={isTaken && signInInstead}>{refusal}</Problem>}
        <Button type="submit" className="button button-primary button-wide" isPending={pending}>
          {pending ? <Spinner /> : null}
          {action}
        </Button>
      </form>
    </>
  )
}
