import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../server/root.ts'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [, flags, program] = scripts.start.match(/ exec node (.*?) ?(dist\/server\/main\.js)$/) ?? []
if (program === undefined) throw new Error(`the start script does not start the server: ${scripts.start}`)

/** What Node is to be given to start the server, as `npm start` does. */
export const asShipped: readonly string[] = [...flags.split(' ').filter(Boolean), join(root, program)]
