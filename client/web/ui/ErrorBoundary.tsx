import { Component, type ReactNode } from 'react'
import { Page } from './Page.tsx'

/** Shows a page of its own where the one below it broke, or could not be fetched. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <Page title="Something broke" heading="This page broke." className="page-narrow">
        <p className="lead">
          It is our mistake, not yours, or the connection was lost. Nothing that was saved is gone.
        </p>
        <p>
          <a className="button button-primary" href={window.location.pathname}>
            Load it again
          </a>
        </p>
      </Page>
    )
  }
}
