import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from 'react-aria-components/Button'
import { Spinner } from '../ui/Icon.tsx'
import { Time } from '../ui/Time.tsx'
import { changeText } from './change-text.tsx'
import { HistoryProblem } from './HistoryProblem.tsx'
import { ListLoading } from './ListLoading.tsx'
import { useNameHistory } from './use-name-history.ts'

/** Everything that happened to the names of whoever is signed in, latest first. */
export function NameHistory() {
  const history = useNameHistory()
  const heading = useRef<HTMLHeadingElement>(null)
  const list = useRef<HTMLUListElement>(null)
  /** How many lines there were when more were asked for, the first of which then gets the focus. */
  const shown = useRef<number>(undefined)
  const changes = (history.data?.pages ?? [])
    .flatMap((page) => page.changes)
    .map((change) => ({ ...change, text: changeText(change) }))
    .filter(({ text }) => text !== null)

  // Once they are rendered, which may be later than the answer.
  const pages = history.data?.pages.length
  useEffect(() => {
    if (pages === undefined || shown.current === undefined) return
    const firstNew = list.current?.children[shown.current] as HTMLElement | undefined
    shown.current = undefined
    const target = firstNew ?? heading.current
    target?.focus()
  }, [pages])

  function showMore() {
    shown.current = changes.length
    void history.fetchNextPage()
  }

  function retry() {
    if (history.isFetchNextPageError) showMore()
    else void history.refetch()
  }

  return (
    <section aria-labelledby="history-heading">
      <h2 id="history-heading" ref={heading} tabIndex={-1}>
        Name history
      </h2>
      {history.isPending && <ListLoading />}
      {history.data && changes.length === 0 && (
        <p>Nothing yet. Your first claim will be the first line here.</p>
      )}
      {changes.length > 0 && (
        <ul ref={list} className="name-list history-lines" aria-labelledby="history-heading">
          {changes.map(({ id, at, text }) => (
            <HistoryLine key={id} at={at}>
              {text}
            </HistoryLine>
          ))}
        </ul>
      )}
      {history.error && <HistoryProblem error={history.error} onRetry={retry} />}
      {history.hasNextPage && (
        <Button
          className="button button-quiet button-start"
          onPress={showMore}
          isPending={history.isFetchingNextPage}
        >
          {history.isFetchingNextPage ? <Spinner /> : null}
          Show more
        </Button>
      )}
    </section>
  )
}

function HistoryLine({ at, children }: { at: string; children: ReactNode }) {
  return (
    <li tabIndex={-1}>
      <span>{children}</span>
      <span className="name-when">
        <Time at={at} to="minute" />
      </span>
    </li>
  )
}
