import { type FormEvent, useId, useRef, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextField } from 'react-aria-components/TextField'
import { Username } from '../../../shared/username.ts'
import { handFocusOn } from '../ui/hand-focus-on.ts'
import { Spinner } from '../ui/Icon.tsx'
import { AvailabilityLine } from './AvailabilityLine.tsx'
import { useClaim } from './claim-context.tsx'
import { FormerName } from './FormerName.tsx'
import { isLost } from './is-lost.ts'
import { LostClaim } from './LostClaim.tsx'
import { Suggestions } from './Suggestions.tsx'
import { useAvailability } from './use-availability.ts'

/** The field to claim a name in, or to rename oneself: a name tag to fill in. */
export function ClaimForm({ label, action }: { label: string; action: string }) {
  const { typed, setTyped, claim, isPending: pending, start } = useClaim()
  const looked = useAvailability(typed)
  const [refused, setRefused] = useState(false)
  const fate = useId()
  const input = useRef<HTMLInputElement>(null)
  const isOfTyped = claim.variables?.username === typed
  const isOnItsWay = isOfTyped && claim.isPending
  const lost = isOfTyped && claim.isError && isLost(claim.error)
  /** What is known of the name, where its claim does not tell more. */
  const availability =
    isOnItsWay || lost || (isOfTyped && claim.isError && looked.state === 'unknown') ? null : looked

  function change(value: string) {
    setTyped(value.trim())
    setRefused(false)
  }

  function pick(name: string) {
    change(name)
    input.current?.focus()
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    const username = Username.safeParse(typed)
    if (username.success) return start(username.data)
    setRefused(true)
    input.current?.focus()
  }

  return (
    <form className="claim" onSubmit={submit} noValidate>
      <TextField
        className="tag claim-tag"
        name="username"
        value={typed}
        onChange={change}
        isInvalid={refused || lost}
        validationBehavior="aria"
        autoComplete="off"
      >
        <Label className="tag-band">{label}</Label>
        <div className="claim-row">
          <span className="claim-at" aria-hidden="true">
            @
          </span>
          <Input
            ref={input}
            className="claim-input"
            placeholder="yourname"
            enterKeyHint="go"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
          />
          <Button
            type="submit"
            className="button button-primary claim-button"
            isPending={pending}
            aria-describedby={fate}
          >
            {pending ? <Spinner /> : null}
            {action}
          </Button>
        </div>
        <Text slot="description" elementType="div" role="status" className="claim-status">
          {refused && typed === '' ? (
            <p className="availability" data-tone="bad">
              Type the name you want first.
            </p>
          ) : isOnItsWay ? (
            <p className="availability" data-tone="quiet">
              Claiming…
            </p>
          ) : (
            availability && <AvailabilityLine typed={typed} of={availability} />
          )}
        </Text>
      </TextField>
      <FormerName typed={typed} id={fate} />
      {availability?.state === 'known' && <Suggestions names={availability.suggestions} onPick={pick} />}
      {availability?.state === 'unknown' && (
        <Button ref={handFocusOn} className="button button-quiet" onPress={availability.retry}>
          Look again
        </Button>
      )}
      <LostClaim onPick={pick} />
    </form>
  )
}
