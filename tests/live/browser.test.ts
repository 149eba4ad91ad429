import { describe, expect, test } from 'vitest'
import { withoutBrowser } from '../web/support/browser.ts'
import { signUp } from '../web/support/journeys.ts'
import { onSite } from '../web/support/on-site.ts'

describe.skipIf(withoutBrowser)('a browser’s own EventSource', () => {
  const on = onSite()

  test('watches a name under the policy of the page, as whoever the cookie says', async () => {
    const [mine, theirs] = [(await on.visit()).page, (await on.visit()).page]
    await signUp(mine)
    await theirs.goto('/')
    for (const page of [mine, theirs]) {
      await page.evaluate(() => {
        const input = encodeURIComponent(JSON.stringify({ username: 'in-a-page' }))
        const source = new EventSource(`/trpc/profile.watchUsername?input=${input}`)
        source.onmessage = ({ data }) => {
          document.title += ` ${JSON.parse(data).status}`
        }
      })
      await expect.poll(() => page.title()).toMatch(/available$/)
    }
    await mine.evaluate(() =>
      fetch('/trpc/profile.claimUsername', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'in-a-page' }),
      }),
    )
    await expect.poll(() => theirs.title()).toMatch(/available taken$/)
    await expect.poll(() => mine.title()).toMatch(/available yours$/)
    await theirs.close()
    await mine.close()
    await expect.poll(() => on.site.database.names.watching()).toBe(0)
  })
})
