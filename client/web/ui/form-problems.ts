import type * as z from 'zod/mini'

/** By name of the field, the first thing that is wrong with it. */
export type FieldProblems = Readonly<Record<string, string | undefined>>

export function fieldProblems(error: z.core.$ZodError): FieldProblems {
  const problems: Record<string, string | undefined> = {}
  for (const { path, message } of error.issues) problems[String(path[0])] ??= message
  return problems
}

/** Puts the focus where a form is wrong first. */
export function focusFirstProblem(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
