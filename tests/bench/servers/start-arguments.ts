import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { root } from '../../../server/root.ts'

const Package = z.object({ scripts: z.object({ start: z.string() }) })

/** The arguments with which `npm start` runs node, in the root: its flags, then the server. */
export function startArguments(): string[] {
  const { scripts } = Package.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const [, words] = / exec node (.+)$/.exec(scripts.start) ?? []
  if (words === undefined) throw new Error(`the start script does not start node: ${scripts.start}`)
  return words.split(' ')
}
