import { describe, expect, test } from 'vitest'
import { Username } from '../../shared/username.ts'
import { callerOf } from '../support/people.ts'
import { withoutBrowser } from './support/browser.ts'
import { claimField, comeBack } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('where accounts are kept elsewhere', () => {
  const on = onSite({ authenticate: async () => null })

  test('the front page offers no claim that nobody could make', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await page.getByText('Nobody signs in on these pages.').waitFor()
    expect(await claimField(page).count()).toBe(0)
    expect(await page.getByRole('navigation', { name: 'Account' }).getByRole('link').count()).toBe(0)
  })

  test.each(['/signin', '/signup', '/settings'])('%s says so', async (path) => {
    const { page } = await on.visit()
    await page.goto(path)
    await page.getByRole('heading', { name: 'Your account is elsewhere.' }).waitFor()
    expect(await page.getByLabel('Password').count()).toBe(0)
    await page.getByRole('link', { name: 'Go home' }).click()
    await page.getByText('Nobody signs in on these pages.').waitFor()
  })

  test('is not forgotten when somebody comes back to the page, or goes to another one', async () => {
    const { page } = await on.visit()
    await page.goto('/signin')
    await page.getByRole('link', { name: 'Go home' }).click()
    const told = page.getByText('Nobody signs in on these pages.')
    await told.waitFor()
    await page.evaluate(() => {
      const seen: string[] = []
      Object.assign(window, { seen })
      new MutationObserver(() => {
        if (document.querySelector('form') !== null) seen.push(document.title)
      }).observe(document.body, { subtree: true, childList: true })
    })
    const looked = page.waitForResponse('**/api/auth/get-session')
    await comeBack(page)
    await (await looked).finished()
    await page.goBack()
    await page.getByRole('heading', { name: 'Your account is elsewhere.' }).waitFor()
    expect(await page.evaluate('window.seen')).toEqual([])
  })

  test('profiles are shown', async () => {
    const { profile } = callerOf(on.site.database)
    await profile.claimUsername({ username: Username.parse('elsewhere') })
    const { page } = await on.visit()
    await page.goto('/@elsewhere')
    await page.getByRole('main').getByText('@elsewhere', { exact: true }).first().waitFor()
    expect(await page.getByRole('heading', { name: /^Nobody is/ }).count()).toBe(0)
  })
})

describe.skipIf(withoutBrowser)('something in between that answers 404', () => {
  const on = onSite()

  test('takes nobody’s form away, nor what they typed there', async () => {
    const { page } = await on.visit()
    await page.goto('/signup')
    await page.getByLabel('Your name').fill('Typed')
    await page.route('**/api/auth/get-session', (route) =>
      route.fulfill({ status: 404, contentType: 'text/plain', body: '404 page not found' }),
    )
    const looked = page.waitForResponse('**/api/auth/get-session')
    await comeBack(page)
    await (await looked).finished()
    await page.getByRole('button', { name: 'Sign up' }).waitFor()
    expect(await page.getByLabel('Your name').inputValue()).toBe('Typed')
  })
})
