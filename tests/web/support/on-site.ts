import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { launchBrowser, type Visit, visit } from './browser.ts'
import { openSite, type Site, type SiteOptions } from './site.ts'

/**
 * A site and a browser for the tests of one suite. After each test its visits are closed, and
 * none of them may have met a policy violation, an error in the console or a 5xx.
 */
export function onSite(options: SiteOptions = {}) {
  let site: Site
  let browser: Browser
  const visits: Visit[] = []

  beforeAll(async () => {
    site = await openSite(options)
    browser = await launchBrowser()
  })
  afterEach(async () => {
    const complaints = visits.flatMap((one) => one.complaints)
    await Promise.all(visits.splice(0).map((one) => one.close()))
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  return {
    get site() {
      return site
    },
    /** Somebody new opens a window. */
    async visit(context?: BrowserContextOptions): Promise<Visit> {
      const one = await visit(browser, site.url, context)
      visits.push(one)
      return one
    },
  }
}
