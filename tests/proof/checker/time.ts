import { anyRenames } from '../../support/rules.ts'
import { busyCrowd, withOneForged } from './busy-crowd.ts'
import { checkNames } from './check-names.ts'

// How long the check of a crowd takes: npx tsx tests/proof/checker/time.ts [calls] [seed] [forged]
const [size = '100000', seed = '1', forged] = process.argv.slice(2)
const calls = busyCrowd(Number(size), Number(seed))
const history = forged === undefined ? calls : withOneForged(calls, { username: 'not-yours' }).history
const start = performance.now()
const { verdict, steps } = checkNames(history, { rules: anyRenames, maxSteps: 40 * history.length })
const seconds = ((performance.now() - start) / 1000).toFixed(1)
const perCall = (steps / history.length).toFixed(1)
process.stdout.write(`${size} calls, seed ${seed}: ${verdict} in ${seconds} s, ${perCall} steps a call\n`)
