import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { handFocusOn } from './hand-focus-on.ts'
import { Icon } from './Icon.tsx'

const shownForMs = 10_000

const NoticeContext = createContext<(text?: ReactNode) => void>(() => undefined)

/**
 * Answers a function that tells the person something in passing: shown for a while, and read
 * out. Given nothing, it takes back what is shown.
 */
export function useNotice() {
  return useContext(NoticeContext)
}

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<{ text: ReactNode; n: number }>()
  const tell = useCallback((text?: ReactNode) => {
    setNotice((before) => (text === undefined ? undefined : { text, n: (before?.n ?? 0) + 1 }))
  }, [])

  useEffect(() => {
    if (!notice) return
    const timer = setTimeout(() => setNotice(undefined), shownForMs)
    return () => clearTimeout(timer)
  }, [notice])

  return (
    <NoticeContext value={tell}>
      {children}
      <div className="notices">
        {/* It stays on the page: only a change of what is there is read out, if to the same text once more. */}
        <div role="status" className={notice ? 'notice' : ''}>
          {notice && <span key={notice.n}>{notice.text}</span>}
        </div>
        {notice && (
          <Button ref={handFocusOn} className="notice-close" aria-label="Dismiss" onPress={() => tell()}>
            <Icon name="cross" />
          </Button>
        )}
      </div>
    </NoticeContext>
  )
}
