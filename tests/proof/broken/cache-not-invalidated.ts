import { createCaller } from '../../../server/router.ts'
import { procedure } from '../../../server/trpc/init.ts'
import { GetProfileInput } from '../../../shared/schemas.ts'
import { usernameKey } from '../../../shared/username.ts'
import { start } from './start.ts'

const keptMs = 5000
const kept = new Map<string, { answer: Promise<unknown>; until: number }>()

// Broken: keeps public profiles for some seconds, whatever is claimed meanwhile.
await start({
  get: procedure.input(GetProfileInput).query(({ ctx, input }) => {
    const key = usernameKey(input.username)
    const known = kept.get(key)
    if (known !== undefined && known.until > performance.now()) return known.answer
    const answer = createCaller(ctx).profile.get(input)
    kept.set(key, { answer, until: performance.now() + keptMs })
    return answer
  }),
})
