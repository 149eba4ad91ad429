import { type ReactNode, useRef } from 'react'
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
  const changes = (history.data?.pages ?? [])
    .flatMap((page) => page.changes)
    .map((change) => ({ ...change, text: changeText(change) }))
    .filter(({ text }) => text !== null)

  async function showMore() {
    const shown = changes.length
    await history.fetchNextPage()
    requestAnimationFrame(() => {
      const firstNew = list.current?.children[shown] as HTMLElement | undefined
      const target = firstNew ?? heading.current
      target?.focus()
    })
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
      {history.error && <HistoryProblem error={history.error} onRetry={() => void history.refetch()} />}
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
