import { Command } from 'commander'
import {
  FreeUsernameInput,
  ReserveUsernameInput,
  TransferUsernameInput,
} from '../../shared/administration.ts'
import { checked } from './checked.ts'
import { confirmChange } from './confirm.ts'
import { historyCommand } from './history-command.ts'
import { nameCommand } from './name-command.ts'
import { idLine, personLine } from './sentences.ts'
import { skeletonsCommand } from './skeletons-command.ts'
import { whoCommand } from './who-command.ts'
import { type NameOptions, print, type World, withAdministration } from './world.ts'

/** What can be done with names. */
export function nameCommands(world: World): Command {
  return new Command('names')
    .description('reserve, release, hand over and look up names')
    .addCommand(reserve(world))
    .addCommand(release(world))
    .addCommand(transfer(world))
    .addCommand(whoCommand(world))
    .addCommand(historyCommand(world))
    .addCommand(skeletonsCommand(world))
}

interface ChangeOptions extends NameOptions {
  readonly note?: string
  readonly yes?: true
}

function changing(command: Command): Command {
  return command.option('--note <text>', 'why, for the history').option('--yes', 'do not ask')
}

function reserve(world: World): Command {
  interface Options extends ChangeOptions {
    readonly for?: string
    readonly because?: string
  }
  return changing(nameCommand('reserve', 'keep a name from being claimed, or change why or for whom it is'))
    .option('--for <email>', 'the e-mail address of the one person who may claim it')
    .option('--because <text>', 'why nobody may claim it, for administrators to see (administrator)')
    .action(async (username: string, options: Options) => {
      const { for: email, because, note } = options
      const input = checked(ReserveUsernameInput, { username, because, for: email, note })
      await withAdministration(world, options, async (admin) => {
        await confirmChange(world, options, { admin, username }, ({ status }) => {
          // Which is refused.
          if (status === 'current' || status === 'held') return null
          const who = input.for === undefined ? 'nobody' : `only ${input.for}`
          return [`It will be reserved (${input.because}): ${who} can claim it.`]
        })
        const result = await admin.reserveUsername(input)
        print(world, options, result, [`Reserved ${result.reserved}.`])
      })
    })
}

function release(world: World): Command {
  interface Options extends ChangeOptions {
    readonly atOnce?: true
  }
  return changing(nameCommand('release', 'end a reservation or a hold, or take a name from its owner'))
    .option('--at-once', 'anybody can claim it from now on, instead of its being held for its owner first')
    .action(async (username: string, options: Options) => {
      const { atOnce, note } = options
      const input = checked(FreeUsernameInput, { username, atOnce, note })
      await withAdministration(world, options, async (admin) => {
        await confirmChange(world, options, { admin, username }, ({ status }) => {
          if (status === 'free') return null
          return status === 'current' && !atOnce
            ? ['They will have no name, and it will be held for them as after a rename.']
            : ['Anybody will be able to claim it.']
        })
        const result = await admin.releaseUsername(input)
        const until =
          result.heldUntil === null ? 'It is anybody’s now.' : `It is held until ${result.heldUntil}.`
        print(world, options, result, [`Released ${result.released}. ${until}`])
      })
    })
}

function transfer(world: World): Command {
  interface Options extends ChangeOptions {
    readonly to: string
  }
  return changing(nameCommand('transfer', 'hand a name that is somebody’s, held or reserved to a person'))
    .requiredOption('--to <who>', 'a current @username, an e-mail address or an id')
    .action(async (username: string, options: Options) => {
      const { to, note } = options
      const input = checked(TransferUsernameInput, { username, to, note })
      let confirmed = input.to
      await withAdministration(world, options, async (admin) => {
        await confirmChange(world, options, { admin, username }, async ({ status, person: owner }) => {
          if (status === 'free') return null
          const taker = await admin.findPerson({ person: to })
          // Whoever is called so by the time of the yes.
          confirmed = { id: taker.id }
          if (status === 'current' && taker.id === owner?.id) {
            return ['It is theirs already: nothing will change.']
          }
          const lost = `Their name ${taker.username} will be held for them as after a rename.`
          return [`It will be the name of ${personLine(taker)}.`, ...(taker.username === null ? [] : [lost])]
        })
        const result = await admin.transferUsername({ ...input, to: confirmed })
        print(world, options, result, [
          `${result.transferred} is the name of ${idLine(result.to)} now.`,
          ...(result.previous === null ? [] : [`Their name ${result.previous} is held for them.`]),
        ])
      })
    })
}
