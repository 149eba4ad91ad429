import { Command } from 'commander'
import type { Recomputed } from '../domain/skeletons.ts'
import { Stop } from './stop.ts'
import type { Terminal } from './terminal.ts'
import { type CommonOptions, print, using, type World } from './world.ts'

interface Options extends CommonOptions {
  readonly dryRun?: true
}

export function skeletonsCommand(world: World): Command {
  return new Command('skeletons')
    .description('compare all names for look-alikes that are not yet, or by an older table')
    .option('--dry-run', 'tell what would be found, and change nothing')
    .option('--json', 'print the result as JSON')
    .action(async (options: Options) => {
      const [{ besideDatabase }, { recomputeSkeletons }] = await Promise.all([
        import('./beside-database.ts'),
        import('../domain/skeletons.ts'),
      ])
      await using(besideDatabase(world.environment()), async ({ prisma, rules }) => {
        if (rules.lookAlikes === 'allow') {
          throw new Stop(
            'REFUSED',
            'Names are not compared here: USERNAME_LOOK_ALIKES is "allow". Set it to "refuse" first, for the servers too.',
          )
        }
        const dryRun = options.dryRun ?? false
        const result = await recomputeSkeletons(prisma, { dryRun, onProgress: progressOn(world.terminal) })
        print(world, options, { ...result, dryRun }, report(result, dryRun))
      })
    })
}

function report({ version, recomputed, lookAlikes }: Recomputed, dryRun: boolean): string[] {
  const compared = `${dryRun ? 'Would compare' : 'Compared'} ${recomputed} names by the table of Unicode ${version}.`
  if (lookAlikes.length === 0) return [compared, 'No two of different owners look alike.']
  return [
    compared,
    ...lookAlikes.map(
      ({ username, resembles }) => `${username} looks like ${resembles}, which is another’s.`,
    ),
    'Each of these stays its owner’s, but keeps nobody off names that look like it.',
  ]
}

/** Tells every tenth of the work, over the last one on a screen. */
function progressOn({ err, isScreen }: Terminal): (done: number) => void {
  let told = 0
  return (done) => {
    const tenths = Math.floor(done * 10)
    if (tenths <= told) return
    told = tenths
    const end = isScreen && tenths < 10 ? '\r' : '\n'
    err(`Compared ${tenths * 10} %${end}`)
  }
}
