import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../server/router.ts'

/**
 * The bindings for React: `useDibs().profile.me.queryOptions()` and the like, for TanStack
 * Query's own hooks. Their errors are read with `failureOf` and `match`.
 */
type Bindings = ReturnType<typeof createTRPCContext<AppRouter>>
const bindings: Bindings = createTRPCContext<AppRouter>()

/**
 * Gives the components below it a client from `createDibsClient`. It goes inside TanStack's own
 * `QueryClientProvider`, with the same `queryClient`.
 */
export const DibsProvider: Bindings['TRPCProvider'] = bindings.TRPCProvider
/** The procedures as options for `useQuery` and `useMutation`. */
export const useDibs: Bindings['useTRPC'] = bindings.useTRPC
/** The client itself, for a call outside of TanStack Query. */
export const useDibsClient: Bindings['useTRPCClient'] = bindings.useTRPCClient
