import type { Answer } from './answers.ts'
import { faultsOf } from './judge.ts'
import { type Mangling, mangled } from './mangled.ts'
import { type Request, written } from './request.ts'
import type { Served } from './served.ts'
import { type Exchange, exchange } from './socket.ts'
import { stateOf } from './state.ts'

/** More than this a server may refuse while it is still being sent, and reset the connection. */
const sureOfAnAnswer = 32 * 1024

/** What is wrong with how a request was answered, and with what became of the rows; a sentence each. */
export async function tryWhole(served: Served, request: Request, patience?: number): Promise<string[]> {
  const { database, people, port } = served
  const before = await stateOf(database)
  const bytes = written(request, people)
  const wrong: string[] = []
  const { answers, hung } = await exchange(port, [bytes], { head: request.method === 'HEAD', patience })
  if (hung) wrong.push('no end of the answer')
  const isShort = bytes.length < sureOfAnAnswer
  if (answers.length !== 1 && (isShort || answers.length > 1)) wrong.push(`${answers.length} answers`)
  const { method, target } = request
  for (const answer of answers) {
    wrong.push(...faultsOf(answer, { method, target, said: bytes, files: served.files }))
  }
  if (!answers.some((answer) => mayHaveChanged(request, answer)) && (await stateOf(database)) !== before) {
    wrong.push('other rows than before')
  }
  return [...wrong, ...served.logged()]
}

/** Whether something was done for whoever asked, as far as the answer says. */
function mayHaveChanged({ method, target }: Request, { status, body }: Answer): boolean {
  if (target.includes('/trpc/')) return method === 'POST' && body.includes('"result"')
  return method !== 'OPTIONS' && status < 400 && target.includes('/api/auth/')
}

/** The same of a request that does not come as it was sent. Nobody can tell what is to be answered. */
export async function tryMangled(served: Served, request: Request, mangling: Mangling): Promise<string[]> {
  const pieces = mangled(written(request, served.people), mangling)
  if (pieces.length === 0) return []
  const came: Exchange = await exchange(served.port, pieces, { ending: mangling.ending })
  const said = Buffer.concat(pieces)
  const question = { method: '', target: request.target, said, files: served.files }
  return [
    ...(came.hung ? ['a connection that stays open'] : []),
    ...came.answers.flatMap((answer) => faultsOf(answer, question)),
  ]
}
