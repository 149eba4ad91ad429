import type { Page, Route } from 'playwright-core'

/** Requests of a page that wait on their way until they are let go. */
export interface Hold {
  /** Resolves when the first of them has come. */
  readonly arrived: Promise<void>
  letGo(): void
}

/** Holds the requests to a procedure whose address contains a text. */
export async function hold(page: Page, procedure: string, containing = ''): Promise<Hold> {
  let arrive = () => {}
  let letGo = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const released = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(
    (url) =>
      url.pathname.endsWith(`/trpc/${procedure}`) && decodeURIComponent(url.search).includes(containing),
    async (route: Route) => {
      arrive()
      await released
      // The page may have given the request up by now.
      await route.continue().catch(() => undefined)
    },
  )
  return { arrived, letGo }
}
