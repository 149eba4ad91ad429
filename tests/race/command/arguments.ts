import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Stop } from './stop.ts'

type OptionsConfig = NonNullable<ParseArgsConfig['options']>

/**
 * The values of a command's options.
 *
 * @throws {Stop} that says which is wrong, and by which command to see all of them
 */
export function valuesOf<const O extends OptionsConfig>(
  args: readonly string[],
  options: O,
  command: string,
) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new Stop(`${sentence}. "${command} -- --help" lists the options.`)
  }
}
