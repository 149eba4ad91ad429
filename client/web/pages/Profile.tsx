import { skipToken, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { nameInAddress } from '../../../shared/profile-address.ts'
import { Username } from '../../../shared/username.ts'
import { match } from '../../failure.ts'
import { useDibs } from '../../react.ts'
import { FoundProfile } from '../profile/FoundProfile.tsx'
import { Unclaimed } from '../profile/Unclaimed.tsx'
import { useFormerName } from '../profile/use-former-name.ts'
import { useTidyAddress } from '../profile/use-tidy-address.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Loading } from '../ui/Loading.tsx'
import { useNotice } from '../ui/notice.tsx'
import { Page, useTitle } from '../ui/Page.tsx'
import { Problem } from '../ui/Problem.tsx'

/** What anybody sees under a name: a profile, or where its owner went, or that it is nobody's. */
export function Profile({ name: written }: { name: string }) {
  const dibs = useDibs()
  const name = nameInAddress(written)
  const username = Username.safeParse(name).data
  useTidyAddress(written, username)
  useFormerName(name)
  const profile = useQuery(
    dibs.profile.get.queryOptions(username === undefined ? skipToken : { username }, {
      // Its owner may have gone back to it: what was read before would send its reader to and fro.
      refetchOnMount: ({ state }) => (state.data && 'movedTo' in state.data ? 'always' : true),
    }),
  )

  if (username === undefined) return <Unclaimed name={written} />
  const { data, error, isFetching } = profile
  if (error) {
    return match(error, {
      PROFILE_NOT_FOUND: () => <Unclaimed name={name} />,
      otherwise(failure) {
        if (data && !('movedTo' in data)) return <FoundProfile profile={data} />
        const { text, retry } = commonProblem(failure)
        return (
          <Page title={`@${name}`} heading={`@${name}`} className="page-narrow">
            <Problem onRetry={retry ? () => void profile.refetch() : undefined}>{text}</Problem>
          </Page>
        )
      },
    })
  }
  if (!data || ('movedTo' in data && isFetching)) return <LoadingProfile name={name} />
  if ('movedTo' in data) return <Moved from={name} to={data.movedTo} />
  return <FoundProfile profile={data} />
}

/** Leads on to the current name, which takes the place of the former one in the history. */
function Moved({ from, to }: { from: string; to: string }) {
  const [, navigate] = useLocation()
  const say = useNotice()
  const goOn = useRef(() => {
    navigate(`/@${to}`, { replace: true })
    say(`@${from} goes by @${to} now.`)
  })
  useEffect(() => goOn.current(), [])
  return <LoadingProfile name={to} />
}

function LoadingProfile({ name }: { name: string }) {
  useTitle(`@${name}`)
  return <Loading />
}
