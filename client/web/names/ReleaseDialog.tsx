import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from 'react-aria-components/Button'
import { failureOf, match } from '../../failure.ts'
import { useDibs } from '../../react.ts'
import { holdEnd } from '../claim/hold-end.ts'
import { useShowName } from '../claim/use-show-name.ts'
import { hasLeft, origin } from '../session/origin.ts'
import { AlertDialog } from '../ui/AlertDialog.tsx'
import { commonProblem } from '../ui/common-problem.ts'
import { Spinner } from '../ui/Icon.tsx'
import { useNotice } from '../ui/notice.tsx'
import { Problem } from '../ui/Problem.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'
import { Deadline, Time } from '../ui/Time.tsx'

export interface ReleaseDialogProps {
  readonly username: string
  readonly holdDays: number
  onClose(): void
}

/** Says what giving up a name means, and does it. */
export function ReleaseDialog({ username, holdDays, onClose }: ReleaseDialogProps) {
  const { release, problem } = useRelease(username, onClose)
  const until = holdEnd(holdDays)
  return (
    <AlertDialog
      heading={`Give up @${username}?`}
      message={
        <>
          <p>
            Your profile and every link to it lead nowhere until you claim a name again. What the profile says
            is kept.
          </p>
          <p>
            {until === null ? (
              <>
                <b>@{username}</b> is not held for you: anybody can claim it at once.
              </>
            ) : (
              <>
                <b>@{username}</b> is held for you until <Time at={until} />: only you can take it back. After
                that, anybody can claim it.
              </>
            )}
          </p>
        </>
      }
      onCancel={() => {
        if (!release.isPending) onClose()
      }}
    >
      {problem}
      <div className="actions">
        <Button className="button button-quiet" onPress={onClose} isDisabled={release.isPending}>
          Keep it
        </Button>
        <Button
          className="button button-danger"
          onPress={() => release.mutate({ username })}
          isPending={release.isPending}
        >
          {release.isPending ? <Spinner /> : null}
          Give up @{username}
        </Button>
      </div>
    </AlertDialog>
  )
}

function useRelease(username: string, onClose: () => void) {
  const dibs = useDibs()
  const queries = useQueryClient()
  const showName = useShowName()
  const say = useNotice()

  const release = useMutation(
    dibs.profile.releaseUsername.mutationOptions({
      onMutate: origin,
      onSuccess({ released, heldUntil }, _, started) {
        if (hasLeft(started)) return
        onClose()
        showName({ username: null, claimedAt: null })
        say(
          Date.parse(heldUntil) <= Date.now() ? (
            `You gave up @${released}. Anybody can claim it now.`
          ) : (
            <>
              You gave up @{released}. It is held for you until <Deadline at={heldUntil} />.
            </>
          ),
        )
      },
      onError(error, _, started) {
        if (failureOf(error).kind !== 'NO_USERNAME' || !started || hasLeft(started)) return
        onClose()
        void queries.invalidateQueries(dibs.profile.pathFilter())
        say(`You do not go by @${username} any more.`)
      },
    }),
  )

  const problem =
    release.error &&
    match(release.error, {
      NO_USERNAME: () => null,
      IDEMPOTENCY_KEY_REUSED: () => (
        <Problem>The service took this for something you did before. Try again.</Problem>
      ),
      SIGNED_OUT: () => (
        <Problem actions={<SignInElsewhere />}>You are signed out. Sign in, then give it up again.</Problem>
      ),
      otherwise: (failure) => <Problem>{commonProblem(failure).text}</Problem>,
    })
  return { release, problem }
}
