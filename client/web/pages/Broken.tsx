import { Page } from '../ui/Page.tsx'

/** Stands in for a page that broke, or could not be fetched. */
export function Broken() {
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
