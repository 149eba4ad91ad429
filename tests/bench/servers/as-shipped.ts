import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { root } from '../../../server/root.ts'

const Package = z.object({ scripts: z.object({ start: z.string() }) })

/** What node is started with. */
export interface Launch {
  /** Flags, the program, and its own arguments. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** What `npm start` starts node with, in the root. */
export function asShipped(): Launch {
  const { scripts } = Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const [, settings, words] = / exec env ((?:\w+=\S+ )+)node (.+)$/.exec(scripts.start) ?? []
  if (settings === undefined || words === undefined) {
    throw new Error(`the start script is not "… exec env NAME=value … node …": ${scripts.start}`)
  }
  const pairs = [...settings.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
  return { args: words.split(' '), env: Object.fromEntries(pairs) }
}
