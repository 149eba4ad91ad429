import { type FormEvent, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import type * as z from 'zod/mini'
import { Field } from '../ui/Field.tsx'
import { type FieldProblems, fieldProblems, focusFirstProblem } from '../ui/form-problems.ts'
import { Spinner } from '../ui/Icon.tsx'
import { Problem } from '../ui/Problem.tsx'
import { PasswordField } from './PasswordField.tsx'
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
  const [values, setValues] = useState({ name: '', email: '', password: '' })
  const [problems, setProblems] = useState<FieldProblems>({})

  function field(name: keyof typeof values) {
    return {
      name,
      value: values[name],
      problem: problems[name],
      onChange(value: string) {
        setValues({ ...values, [name]: value })
        setProblems({ ...problems, [name]: undefined })
      },
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (pending) return
    const parsed = schema.safeParse(values)
    if (parsed.success) return void enter(() => authenticate(parsed.data))
    setProblems(fieldProblems(parsed.error))
    focusFirstProblem(event.currentTarget)
  }

  return (
    <form className="panel stack" onSubmit={submit} noValidate>
      {isNew && <Field label="Your name" autoComplete="name" {...field('name')} />}
      <Field label="E-mail" type="email" autoComplete="email" {...field('email')} />
      <PasswordField isNew={isNew} {...field('password')} />
      {refusal !== undefined && <Problem>{refusal}</Problem>}
      <Button type="submit" className="button button-primary button-wide" isPending={pending}>
        {pending ? <Spinner /> : null}
        {action}
      </Button>
    </form>
  )
}
