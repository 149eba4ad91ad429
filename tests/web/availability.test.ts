import type { Page, Request } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { Username } from '../../shared/username.ts'
import { callerOf } from '../support/people.ts'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { claimField, said } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('live availability', () => {
  const on = onSite()

  /** Types a free name whose answer is slow, then a reserved one, and lets the slow answer come last. */
  async function slowThenFast(page: Page, field = claimField(page)): Promise<string> {
    const slow = await hold(page, 'profile.checkUsername', 'slow-name')
    const over = new Promise<void>((resolve) => {
      const end = (request: Request) => request.url().includes('slow-name') && resolve()
      page.on('requestfinished', end).on('requestfailed', end)
    })
    await field.fill('slow-name')
    await slow.arrived
    await field.fill('admin')
    await page.getByText('@admin is reserved.').waitFor()
    slow.letGo()
    await over
    await page.evaluate(
      () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
    )
    return page.locator('main').innerText()
  }

  test('never shows the answer for a name that is no longer the typed one', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    const failed: string[] = []
    page.on('requestfailed', (request) => failed.push(request.url()))
    const text = await slowThenFast(page)
    expect(text).toContain('@admin is reserved.')
    expect(text).not.toContain('slow-name')
    expect(failed.filter((url) => url.includes('slow-name'))).toHaveLength(1)
  })

  test('would be caught showing it: a page that shows whichever answer comes last is', async () => {
    const { page } = await on.visit()
    await page.route('**/naive', (route) => route.fulfill({ contentType: 'text/html', body: naivePage }))
    await page.goto('/naive')
    const text = await slowThenFast(page, page.getByRole('textbox'))
    expect(text).toContain('@slow-name is available.')
  })

  test('asks once when typing rests, not for every key', async () => {
    const { page } = await on.visit()
    await page.clock.install()
    await page.goto('/')
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('checkUsername')) asked.push(decodeURIComponent(request.url()))
    })
    await page.clock.pauseAt(Date.now() + 60_000)
    for (const letter of 'persephone') {
      await claimField(page).press(letter)
      // In steps, between which the page does what a timer has it do.
      for (let step = 0; step < 10; step++) await page.clock.runFor(24)
    }
    expect(asked).toEqual([])
    await page.clock.runFor(10)
    await page.clock.resume()
    await page.getByText('@persephone is available.').waitFor()
    expect(asked).toEqual([expect.stringContaining('"persephone"')])
  })

  test('says that a name was just taken when it goes while it is looked at', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('the-one')
    await said(page, '@the-one is available.')
    await callerOf(on.site.database).profile.claimUsername({ username: Username.parse('the-one') })
    await said(page, '@the-one was just taken.')
    await page
      .getByRole('button', { name: /^Pick / })
      .first()
      .waitFor()
    await claimField(page).fill('admin')
    await said(page, '@admin is reserved.')
    await claimField(page).fill('the-one')
    await said(page, '@the-one was just taken.')
  })

  test('says when it cannot look, and looks again when asked to', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await page.route('**/trpc/profile.checkUsername*', (route) => route.abort())
    await claimField(page).fill('seraph')
    await page.getByText('The service did not answer.').waitFor()
    await page.unroute('**/trpc/profile.checkUsername*')
    await page.getByRole('button', { name: 'Look again' }).click()
    await page.getByText('@seraph is available.').waitFor()
  })
})

/** What the app must not be: it shows each answer as it comes. */
const naivePage = `<link rel="icon" href="data:,"><main><input><p></p></main><script>
  document.querySelector('input').oninput = async ({ target: { value } }) => {
    const input = encodeURIComponent(JSON.stringify({ username: value }))
    const answer = await (await fetch('/trpc/profile.checkUsername?input=' + input)).json()
    document.querySelector('p').textContent = '@' + value + ' is ' + answer.result.data.status + '.'
  }
</script>`
