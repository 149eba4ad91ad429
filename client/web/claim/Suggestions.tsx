import { Button } from 'react-aria-components/Button'

export interface SuggestionsProps {
  readonly names: readonly string[]
  onPick(name: string): void
}

/** Names to have instead. */
export function Suggestions({ names, onPick }: SuggestionsProps) {
  if (names.length === 0) return null
  return (
    <div className="suggestions">
      <p id="suggestions-label">These are free right now:</p>
      <ul aria-labelledby="suggestions-label">
        {names.map((name) => (
          <li key={name}>
            <Button className="suggestion" aria-label={`Pick @${name}`} onPress={() => onPick(name)}>
              @{name}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
