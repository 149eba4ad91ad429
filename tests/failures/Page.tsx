import { type QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { type AppRouter, type DibsClient, type ErrorOf, match } from '../../client/index.ts'
import { DibsProvider, useDibs } from '../../client/react.ts'

interface PageProps {
  readonly client: DibsClient
  readonly queryClient: QueryClient
  readonly username: string
}

/** A whole page about one person, as an app of somebody else would make it. */
export function Page({ client, queryClient, username }: PageProps) {
  return (
    <QueryClientProvider client={queryClient}>
      <DibsProvider trpcClient={client} queryClient={queryClient}>
        <Person username={username} />
      </DibsProvider>
    </QueryClientProvider>
  )
}

function Person({ username }: { username: string }) {
  const { data, error } = useQuery(useDibs().profile.get.queryOptions({ username }))
  return <p>{data ? username : sentence(error)}</p>
}

/** A failure passed on, as an app would between its components. */
function sentence(error: ErrorOf<AppRouter['profile']['get']> | null) {
  return (
    error &&
    match(error, {
      PROFILE_NOT_FOUND: ({ payload }) => `${payload.username} is nobody`,
      otherwise: ({ message }) => message,
    })
  )
}
