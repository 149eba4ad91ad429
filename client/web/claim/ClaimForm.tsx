import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
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
import { cannotBeHad, isKeptForSomebody, statusOf } from './claim-status.ts'
import { FormerName } from './FormerName.tsx'
import { ListedBelow } from './ListedBelow.tsx'
import { LostClaim } from './LostClaim.tsx'
import { nameIn } from './name-in.ts'
import { Suggestions } from './Suggestions.tsx'
import { useAvailability } from './use-availability.ts'

/** The field to claim a name in, or to rename oneself: a name tag to fill in. */
export function ClaimForm({ label, action }: { label: string; action: string }) {
  const { typed, setTyped, claim, isPending: pending, isForPerson, isOffered, start } = useClaim()
  const [refusedText, setRefusedText] = useState<string | null>(null)
  const refused = refusedText === typed
  const status = statusOf(typed, refused, claim, useAvailability(typed))
  const instead = status.state === 'known' ? status.suggestions : []
  const fate = useId()
  const input = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  // After the heading of the page, which takes the focus first.
  useEffect(() => {
    if (isOffered.current) button.current?.focus()
    isOffered.current = false
  }, [isOffered])

  function change(value: string) {
    setTyped(nameIn(value))
    setRefusedText(null)
  }

  function leave() {
    if (status.state === 'short') setRefusedText(typed)
  }

  function pick(name: string) {
    change(name)
    input.current?.focus()
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    const username = Username.safeParse(typed)
    // Nobody is sent to create an account for what they then cannot have.
    if (username.success && (isForPerson || isKeptForSomebody(status) || !cannotBeHad(status))) {
      return start(username.data)
    }
    setRefusedText(typed)
    input.current?.focus()
  }

  return (
    <form className="claim" onSubmit={submit} noValidate>
      <TextField
        className="tag claim-tag"
        name="username"
        value={typed}
        onChange={change}
        onBlur={leave}
        isInvalid={cannotBeHad(status) && (refused || status.state === 'lost')}
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
            ref={button}
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
          <AvailabilityLine typed={typed} of={status} />
          <ListedBelow names={instead} />
        </Text>
      </TextField>
      <Suggestions names={instead} onPick={pick} />
      {!cannotBeHad(status) && <FormerName typed={typed} id={fate} />}
      {status.state === 'unknown' && (
        <Button ref={handFocusOn} className="button button-quiet" onPress={status.retry}>
          Look again
        </Button>
      )}
      <LostClaim onPick={pick} />
    </form>
  )
}
