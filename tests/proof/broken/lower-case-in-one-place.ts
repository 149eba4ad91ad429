import { createCaller } from '../../../server/router.ts'
import { Failure } from '../../../server/trpc/failure.ts'
import { procedure } from '../../../server/trpc/init.ts'
import { GetProfileInput } from '../../../shared/schemas.ts'
import { start } from './start.ts'

// Broken: a claim lowers the capitals of a name, and who looks a profile up compares it as it was typed.
await start({
  get: procedure.input(GetProfileInput).query(async ({ ctx, input }) => {
    const row = await ctx.database.prisma.username.findUnique({ where: { key: input.username } })
    if (row === null) throw new Failure('PROFILE_NOT_FOUND', { username: input.username })
    return createCaller(ctx).profile.get(input)
  }),
})
