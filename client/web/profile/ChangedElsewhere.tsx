import { Button } from 'react-aria-components/Button'
import type { OwnProfile } from '../../../shared/schemas.ts'
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
  /** The profile as it was last read. */
  readonly theirs: OwnProfile
  onRetry(): void
  onTakeTheirs(): void
  onKeepMine(): void
}

/** The profile was saved elsewhere since this draft was begun: shows what changed, and lets the person choose. */
export function ChangedElsewhere({
  draft,
  theirs,
  onRetry,
  onTakeTheirs,
  onKeepMine,
}: ChangedElsewhereProps) {
  const changed = differences(draft.base, theirs)
  if (changed.length === 0) {
    return (
      <Problem onRetry={onRetry}>
        Your profile was changed elsewhere, and that version could not be loaded.
      </Problem>
    )
  }
  return (
    <Problem
      actions={
        <>
          <Button className="button button-primary" onPress={onKeepMine}>
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
