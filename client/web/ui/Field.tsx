import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextArea } from 'react-aria-components/TextArea'
import { TextField } from 'react-aria-components/TextField'

export interface FieldProps {
  readonly label: string
  readonly name: string
  readonly value: string
  onChange(value: string): void
  readonly type?: 'text' | 'email'
  readonly autoComplete?: string
  readonly placeholder?: string
  readonly hint?: string
  /** What is wrong with the value. */
  readonly problem?: string | undefined
  readonly rows?: number
}

/** A labelled text field with its hint and its problem. */
export function Field(props: FieldProps) {
  const { label, name, value, onChange, type = 'text', problem, hint, rows, placeholder = '' } = props
  return (
    <TextField
      className="field"
      name={name}
      type={type}
      value={value}
      onChange={onChange}
      isInvalid={problem !== undefined}
      validationBehavior="aria"
      autoComplete={props.autoComplete ?? 'off'}
    >
      <Label>{label}</Label>
      {rows === undefined ? (
        <Input
          className="input"
          dir="auto"
          placeholder={placeholder}
          autoCapitalize={type === 'text' ? 'sentences' : 'none'}
        />
      ) : (
        <TextArea className="input" dir="auto" rows={rows} placeholder={placeholder} />
      )}
      {hint !== undefined && problem === undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-problem">{problem}</FieldError>
    </TextField>
  )
}
