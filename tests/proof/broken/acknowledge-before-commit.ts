import { setTimeout as sleep } from 'node:timers/promises'
import type { Query } from '../../../server/database/query.ts'
import { claimUsername } from '../../../server/domain/claim.ts'
import { claiming } from './claiming.ts'
import { start } from './start.ts'

/** As long as a disk takes. */
const commitMs = 10

// Broken: says that the name is theirs once it is written, and commits it a moment later.
await start({
  claimUsername: claiming(
    (claim, { database, rules }) =>
      new Promise((answer, fail) => {
        database.prisma
          .$transaction(async (transaction) => {
            const query: Query = (sql, ...values) => transaction.$queryRaw(sql, ...values)
            answer(await claimUsername(query, claim, rules))
            await sleep(commitMs)
          })
          .catch(fail)
      }),
  ),
})
