import { accentStyle } from '../profile/accent.ts'
import { Icon } from '../ui/Icon.tsx'

/** Pictures one name and two people who want it. */
export function SampleTags() {
  return (
    <div className="samples" aria-hidden="true">
      <div className="tag sample sample-lost" style={accentStyle('#8b93a1')}>
        <p className="tag-band">Taken</p>
        <p className="sample-name">@neo</p>
        <p className="sample-instead">
          <span>@theneo</span>
          <span>@neo-is</span>
        </p>
      </div>
      <div className="tag sample sample-won" style={accentStyle(null)}>
        <p className="tag-band">
          Yours <Icon name="check" />
        </p>
        <p className="sample-name">@neo</p>
      </div>
    </div>
  )
}
