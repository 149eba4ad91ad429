import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { Button } from 'react-aria-components/Button'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { match } from '../../failure.ts'
import { useDibs } from '../../react.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Problem } from '../ui/Problem.tsx'
import { type Draft, differences, type Fields } from './profile-draft.ts'

const labels: Readonly<Record<keyof Fields, string>> = {
  displayName: 'Display name',
  pronouns: 'Pronouns',
  role: 'Role',
  company: 'Company',
  bio: 'Bio',
  accentColour: 'Accent colour',
}

export interface ChangedElsewhereProps {
  readonly draft: Draft
  onTakeTheirs(): void
  onKeepMine(theirs: OwnProfile): void
}

/** The profile was saved elsewhere since this draft was begun: shows what changed, and lets the person choose. */
export function ChangedElsewhere({ draft, onTakeTheirs, onKeepMine }: ChangedElsewhereProps) {
  const dibs = useDibs()
  const latest = useQuery(dibs.profile.me.queryOptions(undefined, { staleTime: 0, refetchOnMount: 'always' }))

  const theirs = latest.isFetching ? undefined : latest.data
  const changed = theirs === undefined ? [] : differences(draft.base, theirs)
  const keepMine = useEffectEvent(() => theirs && onKeepMine(theirs))
  const nothingToChoose = theirs !== undefined && changed.length === 0

  // It was saved there as it was here: the first claim of a name makes an empty profile one, for example.
  useEffect(() => {
    if (nothingToChoose) keepMine()
  }, [nothingToChoose])

  if (latest.isFetching) return <Problem>Your profile was changed elsewhere. Loading that version…</Problem>
  if (latest.error) {
    const text = match(latest.error, {
      SIGNED_OUT: () => 'You are signed out.',
      otherwise: (failure) => commonProblem(failure).text,
    })
    return <Problem onRetry={() => void latest.refetch()}>{text}</Problem>
  }
  if (!theirs || nothingToChoose) return null

  return (
    <Problem
      actions={
        <>
          <Button className="button button-primary" onPress={() => onKeepMine(theirs)}>
            Keep mine on top
          </Button>
          <Button className="button button-quiet" onPress={onTakeTheirs}>
            Load theirs
          </Button>
        </>
      }
    >
      <p>
        <b>Your profile was changed elsewhere</b> while you were editing it here, in another tab perhaps.
      </p>
      <dl className="changes">
        {changed.map((name) => (
          <div key={name}>
            <dt>{labels[name]}</dt>
            <dd>
              Theirs: <Quoted>{theirs[name]}</Quoted>
            </dd>
            {name in draft.edits && (
              <dd>
                Yours: <Quoted>{draft.edits[name]}</Quoted>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </Problem>
  )
}

function Quoted({ children }: { children: string | null | undefined }) {
  return (
    <q>
      <bdi>{children ?? 'the default'}</bdi>
    </q>
  )
}
