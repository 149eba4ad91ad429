import type * as z from 'zod/mini'
import { Stop } from './stop.ts'

/** How the fields of inputs are called on the command line. */
const names: Readonly<Record<string, string>> = {
  username: 'NAME',
  person: 'WHO',
  because: '--because',
  for: '--for',
  note: '--note',
  to: '--to',
  at: '--at',
}

/**
 * An input as its schema wants it.
 *
 * @throws {Stop} that names what is wrong with it.
 */
export function checked<S extends z.ZodMiniType>(schema: S, input: z.input<S>): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${names[String(path[0])] ?? String(path[0])}: ${message}.`,
  )
  throw new Stop('USAGE', `${faults.join('\n')}\n--help says what there is.`)
}
