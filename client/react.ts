import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../server/router.ts'

/**
 * The bindings for React: `useDibs().profile.me.queryOptions()` and the like, for TanStack
 * Query's own hooks. Their errors are read with `failureOf` and `match`.
 */
const context = createTRPCContext<AppRouter>()

/**
 * Gives the components below it a client from `createDibsClient`. It goes inside TanStack's own
 * `QueryClientProvider`, with the same `queryClient`.
 */
export const DibsProvider = context.TRPCProvider
/** The procedures as options for `useQuery` and `useMutation`. */
export const useDibs = context.useTRPC
/** The client itself, for a call outside of TanStack Query. */
export const useDibsClient = context.useTRPCClient
