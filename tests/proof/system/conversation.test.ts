import { expect, test } from 'vitest'
import { newConversation } from './conversation.ts'

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(4 + body.length)
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)])
}

const version3 = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0])
const parsed = (sql: string) => message('P', `\0${sql}\0\0\0`)
const bound = message('B', '\0\0\0\0\0\0\0\0')
const executed = message('E', '\0\0\0\0\0')
const synced = message('S', '')
const claimed = parsed('SELECT claim_username($1)')
const committed = parsed('COMMIT')

/** What a client sends at once in a transaction or outside of one, as it is cut. */
function cut(transaction: 'I' | 'T', ...messages: readonly Buffer[]) {
  const conversation = newConversation()
  conversation.toServer(version3)
  conversation.toClient(message('Z', transaction))
  return conversation
    .toServer(Buffer.concat(messages))
    .map(({ bytes, mark }) => [mark, bytes.toString('latin1')])
}

const text = (...messages: readonly Buffer[]) => Buffer.concat(messages).toString('latin1')

test.each([
  [
    'a statement outside of a transaction, by its Sync',
    cut('I', claimed, bound, executed, synced),
    [
      [null, text(claimed, bound, executed)],
      ['commit', text(synced)],
    ],
  ],
  [
    'a prepared COMMIT, by its Execute already',
    cut('T', committed, bound, executed, synced),
    [
      [null, text(committed, bound)],
      ['commit', text(executed)],
      [null, text(synced)],
    ],
  ],
  [
    'a plain COMMIT, by its Query',
    cut('T', message('Q', 'COMMIT\0')),
    [['commit', text(message('Q', 'COMMIT\0'))]],
  ],
  [
    'a statement in a transaction, not at all',
    cut('T', claimed, bound, executed, synced),
    [[null, text(claimed, bound, executed, synced)]],
  ],
])('commits: %s', (_, portions, expected) => {
  expect(portions).toEqual(expected)
})
