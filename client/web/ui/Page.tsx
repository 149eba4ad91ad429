import { type ReactNode, useEffect, useRef } from 'react'

export interface PageProps {
  /** For the window; the name of the service is added. */
  readonly title: string
  /** Its heading, unless a `PageHeading` stands further down. */
  readonly heading?: ReactNode
  readonly className?: string
  readonly children?: ReactNode
}

/** A page, and the window's title while it is shown. */
export function Page({ title, heading, className = '', children }: PageProps) {
  useTitle(title)
  return (
    <div className={`page ${className}`}>
      {heading !== undefined && <PageHeading>{heading}</PageHeading>}
      {children}
    </div>
  )
}

/** Sets the window's title, to which the name of the service is added. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Dibs`
  }, [title])
}

/** The first page is where the browser has put the focus already. */
let arrived = false

/** The heading of a page. After a change of page the focus moves here, so that it is read out. */
export function PageHeading({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)

  useEffect(() => {
    if (arrived) {
      window.scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
    }
    arrived = true
  }, [])

  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}
