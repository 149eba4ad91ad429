import { type ReactNode, useEffect } from 'react'
import { Button } from 'react-aria-components/Button'
import { handFocusOn } from './hand-focus-on.ts'
import { Icon } from './Icon.tsx'
import { useNotice } from './notice.tsx'

export interface ProblemProps {
  readonly children: ReactNode
  /** Offered as a button where trying again may help. */
  readonly onRetry?: (() => void) | undefined
  /** Other ways on, as links or buttons. */
  readonly actions?: ReactNode
}

/** Something that went wrong, read out at once, with a way on. It takes away any notice, which might lie over it. */
export function Problem({ children, onRetry, actions }: ProblemProps) {
  const tell = useNotice()
  useEffect(() => tell(), [tell])

  return (
    <div ref={handFocusOn} className="problem" role="alert">
      <Icon name="warning" />
      <div className="problem-body">
        <div>{children}</div>
        {(onRetry || actions) && (
          <div className="actions">
            {onRetry && (
              <Button className="button button-quiet" onPress={onRetry}>
                Try again
              </Button>
            )}
            {actions}
          </div>
        )}
      </div>
    </div>
  )
}
