import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import { accentStyle, defaultAccent } from './accent.ts'

const colours: readonly (readonly [name: string, colour: string | null])[] = [
  ['Dibs yellow', null],
  ['Coral', '#f2644b'],
  ['Rose', '#e0457b'],
  ['Violet', '#7c5cff'],
  ['Blue', '#2f6fed'],
  ['Teal', '#0f9d94'],
  ['Green', '#3f9b46'],
  ['Ink', '#2b2f38'],
]

const own = 'own'

export interface AccentFieldProps {
  readonly value: string | null
  onChange(colour: string | null): void
}

/** The colour of somebody's name tag: one of a few, or any. */
export function AccentField({ value, onChange }: AccentFieldProps) {
  const listed = colours.some(([, colour]) => colour === value)
  return (
    <div className="accents">
      <RadioGroup
        value={listed ? (value ?? defaultAccent) : own}
        onChange={(chosen) => onChange(chosen === defaultAccent ? null : chosen)}
        orientation="horizontal"
      >
        <Label>Accent colour</Label>
        {colours.map(([name, colour]) => (
          <Radio
            key={name}
            className="accent"
            value={colour ?? defaultAccent}
            aria-label={name}
            style={accentStyle(colour)}
          >
            <span className="accent-dot" />
          </Radio>
        ))}
      </RadioGroup>
      <label className="accent-own" data-selected={listed ? undefined : ''} style={accentStyle(value)}>
        <span className="accent">
          <span className="accent-dot" />
          <input
            type="color"
            aria-label={listed ? 'Any other colour' : `Your own colour: ${value}`}
            value={value ?? defaultAccent}
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
        <span>{listed ? 'Any other' : value}</span>
      </label>
    </div>
  )
}
