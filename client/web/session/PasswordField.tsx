import { useState } from 'react'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextField } from 'react-aria-components/TextField'
import { ToggleButton } from 'react-aria-components/ToggleButton'

export interface PasswordFieldProps {
  readonly name: string
  readonly value: string
  onChange(value: string): void
  readonly problem: string | undefined
  /** A password to choose rather than to remember. */
  readonly isNew: boolean
}

/** A password, which its owner may want to see. */
export function PasswordField({ name, value, onChange, problem, isNew }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false)
  return (
    <TextField
      className="field"
      name={name}
      value={value}
      onChange={onChange}
      type={isShown ? 'text' : 'password'}
      isInvalid={problem !== undefined}
      validationBehavior="aria"
      autoComplete={isNew ? 'new-password' : 'current-password'}
    >
      <Label>Password</Label>
      <div className="password-row">
        <Input className="input" autoCapitalize="none" spellCheck={false} />
        <ToggleButton
          className="password-toggle"
          aria-label="Show password"
          isSelected={isShown}
          onChange={setShown}
        >
          Show
        </ToggleButton>
      </div>
      {isNew && problem === undefined && (
        <Text slot="description" className="hint">
          At least 8 characters.
        </Text>
      )}
      <FieldError className="field-problem">{problem}</FieldError>
    </TextField>
  )
}
