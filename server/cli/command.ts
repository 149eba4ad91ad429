import { Command, CommanderError } from 'commander'
import { administratorCommands } from './administrator-commands.ts'
import { explainFailure } from './explain-failure.ts'
import { nameCommands } from './name-commands.ts'
import { exitCodes, Stop } from './stop.ts'
import type { World } from './world.ts'

const after = `
Settings are those of the server, from the environment or a file .env: DATABASE_URL or DATA_DIR
say which database. What is changed is in the history of the name, with --note.

Exit codes: 0 done, 1 refused or failed, 2 called wrongly.`

/** Runs one command line. Answers its exit code; everything that went wrong is told. */
export async function runCommand(args: readonly string[], world: World): Promise<number> {
  const { terminal } = world
  const program = new Command('npm run dibs --')
    .usage('COMMAND')
    .description('Administers the names of Dibs.')
    .addHelpText('after', after)
    .addCommand(nameCommands(world))
    .addCommand(administratorCommands(world))
  everyCommand(program, (command) =>
    command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: () => {} }),
  )
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    const told = toldOf(explainFailure(error))
    if (told === undefined) return exitCodes.done
    if (wantsJson(args)) {
      terminal.out(`${JSON.stringify({ error: { kind: told.kind, message: told.message } }, null, 2)}\n`)
    }
    if (told.cause instanceof Error) terminal.err(`${told.cause.stack}\n`)
    terminal.err(`${told.message}\n`)
    return told.exitCode
  }
}

/** Also where the command was not understood. What stands after -- is a name. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? undefined : end).includes('--json')
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const one of command.commands) everyCommand(one, change)
}

/** Undefined where help was asked for. */
function toldOf(error: unknown): Stop | undefined {
  if (error instanceof Stop) return error
  if (!(error instanceof CommanderError)) throw error
  if (error.exitCode === 0) return undefined
  // Commander's word for no command at all.
  if (error.code === 'commander.help') return new Stop('USAGE', 'Say what to do; --help lists it.')
  const sentence = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll('\n', ' ')
  return new Stop(
    'USAGE',
    `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. --help says what there is.`,
  )
}
