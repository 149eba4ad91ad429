import { Command } from 'commander'
import { FindPersonInput } from '../../shared/administration.ts'
import type { OpenedDatabase } from './beside-database.ts'
import { checked } from './checked.ts'
import { confirm } from './confirm.ts'
import { personLine } from './sentences.ts'
import { Stop } from './stop.ts'
import { type CommonOptions, print, using, type World } from './world.ts'

interface Options extends CommonOptions {
  readonly yes?: true
}

/** Who administers: decided beside the database alone, by whoever runs the service. */
export function administratorCommands(world: World): Command {
  return new Command('admins')
    .description('say who may administer names through a running server')
    .addCommand(appointing(world, 'add', 'make somebody an administrator'))
    .addCommand(appointing(world, 'remove', 'make an administrator an ordinary person'))
    .addCommand(list(world))
}

function appointing(world: World, name: 'add' | 'remove', description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<who>', 'a current @username, an e-mail address or an id')
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .action(async (who: string, options: Options) => {
      const { person } = checked(FindPersonInput, { person: who })
      await withDatabase(world, async ({ prisma, admin }) => {
        const found = await admin.findPerson({ person })
        const administrator = name === 'add'
        const what = administrator ? 'an administrator' : 'no administrator'
        await confirm(world, options, [`${personLine(found)} will be ${what}.`])
        const { findPersonById, setAdministrator } = await import('../domain/people.ts')
        const named = await findPersonById(prisma, found.id)
        if (named === null) {
          throw new Stop('PERSON_NOT_FOUND', `${personLine(found)} is gone by now. Nothing was changed.`)
        }
        await setAdministrator(prisma, { person: named, administrator })
        print(world, options, { ...found, administrator }, [`${personLine(found)} is ${what} now.`])
      })
    })
}

function list(world: World): Command {
  return new Command('list')
    .description('tell who is an administrator')
    .option('--json', 'print the result as JSON')
    .action((options: CommonOptions) => {
      const tell = async ({ prisma }: OpenedDatabase) => {
        const { administrators } = await import('../domain/people.ts')
        const found = await administrators(prisma)
        const lines = found.map(personLine)
        print(
          world,
          options,
          { administrators: found },
          lines.length > 0 ? lines : ['Nobody is an administrator.'],
        )
      }
      return withDatabase(world, tell, { toRead: true })
    })
}

async function withDatabase(
  world: World,
  work: (opened: OpenedDatabase) => Promise<void>,
  { toRead = false } = {},
): Promise<void> {
  const { besideDatabase } = await import('./beside-database.ts')
  await using(besideDatabase(world.environment(), { toRead }), work)
}
