import { type FormEvent, useEffect, useEffectEvent } from 'react'
import { Button } from 'react-aria-components/Button'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { visible } from '../../../shared/visible.ts'
import { Field } from '../ui/Field.tsx'
import { focusFirstProblem } from '../ui/form-problems.ts'
import { Spinner } from '../ui/Icon.tsx'
import { useNotice } from '../ui/notice.tsx'
import { AccentField } from './AccentField.tsx'
import { lengthOf } from './as-sent.ts'
import { useProfileDraft } from './draft-context.tsx'
import { ProfileTag } from './ProfileTag.tsx'
import { edited, type Fields } from './profile-draft.ts'
import { SaveProblem } from './SaveProblem.tsx'

/** The form for everything a profile says, beside what it will look like. */
export function ProfileForm({ me }: { me: OwnProfile }) {
  const say = useNotice()
  const { draft, setDraft, problems, setProblems, save, isSaving, failed, forgetFailure } = useProfileDraft()
  const { username, claimedAt } = me
  const shown = { ...(draft?.base ?? me), ...draft?.edits, username, claimedAt }

  // Told once, it would take back what is told elsewhere meanwhile.
  const leave = useEffectEvent(() => {
    if (failed) forgetFailure()
  })
  useEffect(() => () => leave(), [])

  function edit(change: Partial<Fields>) {
    setDraft(edited(draft, me, change))
    setProblems({ ...problems, ...Object.fromEntries(Object.keys(change).map((name) => [name, undefined])) })
  }

  function text(name: Exclude<keyof Fields, 'accentColour'>) {
    return {
      name,
      value: shown[name],
      problem: problems[name],
      onChange: (value: string) => edit({ [name]: value }),
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (draft === null) return say('There is nothing to save.')
    if (!save(draft, me)) focusFirstProblem(event.currentTarget)
  }

  /** What was typed, or what was sent if that was taken back since. */
  const unsaved = failed && (draft ?? failed.sent)
  const bioLength = lengthOf(shown.bio)
  const bioIsTooLong = bioLength > 500 ? `Use at most 500 characters: these are ${bioLength}.` : undefined

  return (
    <div className="beside">
      <form className="panel stack" onSubmit={submit} noValidate>
        <Field label="Display name" autoComplete="name" {...text('displayName')} />
        <Field label="Pronouns" placeholder="she/her" {...text('pronouns')} />
        <div className="field-pair">
          <Field label="Role" autoComplete="organization-title" {...text('role')} />
          <Field label="Company" autoComplete="organization" {...text('company')} />
        </div>
        <Field
          label="Bio"
          rows={4}
          hint={`${bioLength} of 500 characters`}
          {...text('bio')}
          problem={bioIsTooLong ?? problems.bio}
        />
        <AccentField value={shown.accentColour} onChange={(accentColour) => edit({ accentColour })} />
        {unsaved && (
          <SaveProblem
            error={failed.error}
            draft={unsaved}
            theirs={me}
            onRetry={() => save(unsaved, me)}
            onTakeTheirs={() => {
              setDraft(null)
              forgetFailure()
              say('Loaded the version that was saved elsewhere.')
            }}
            onKeepMine={() => save(unsaved, me, { version: me.version })}
          />
        )}
        <Button type="submit" className="button button-primary" isPending={isSaving}>
          {isSaving ? <Spinner /> : null}
          Save profile
        </Button>
      </form>
      <aside className="profile-preview" aria-label="Preview">
        <ProfileTag
          {...shown}
          heading={
            <p className="profile-name">
              <bdi>{visible(shown.displayName) || 'Your name'}</bdi>
            </p>
          }
        />
      </aside>
    </div>
  )
}
