import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { Username } from '../../shared/username.ts'
import { callerOf } from '../support/people.ts'
import { withoutBrowser } from './support/browser.ts'
import { claimButton, claimField, said, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('the form to claim a name with', () => {
  const on = onSite()

  const path = (page: Page) => new URL(page.url()).pathname
  const status = (page: Page) => page.locator('.claim-status')

  /** Has somebody else claim a name. */
  const taken = (name: string) =>
    callerOf(on.site.database).profile.claimUsername({ username: Username.parse(name) })

  /** By its name in the form, what has the focus. */
  const focused = (page: Page) =>
    page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent)

  test('sends nobody to create an account for a name that cannot be had', async () => {
    await taken('refused-one')
    const { page } = await on.visit()
    await page.goto('/')
    await page.getByRole('link', { name: 'Sign up' }).waitFor()
    await claimField(page).fill('refused-one')
    await said(page, '@refused-one is taken.')
    await claimButton(page).click()
    await expect.poll(() => focused(page)).toBe('username')
    expect(path(page)).toBe('/')
    expect(await claimField(page).getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByRole('button', { name: /^Pick / }).count()).toBeGreaterThan(0)
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
  })

  test('tells where the names to have instead are, and calls each what stands on it', async () => {
    await taken('listed-one')
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('listed-one')
    await said(page, '@listed-one is taken.')
    const picks = page.getByRole('button', { name: /^Pick @/ })
    await picks.first().waitFor()
    await said(page, `${await picks.count()} free names are listed below.`)

    await signUp(page)
    await claimField(page).fill('listed-one')
    await claimButton(page).click()
    const alert = page.getByRole('alert').filter({ hasText: 'Somebody else has @listed-one. Pick another' })
    await alert.filter({ hasText: /\d free names are listed below\./ }).waitFor()
  })

  test.each([
    ['a handle', () => '@pasted-one'],
    ['the address of a profile', (origin: string) => `${origin}/@pasted-one`],
    ['one with more behind the name', (origin: string) => ` ${origin}/@pasted-one/?from=card#top`],
    ['one without its scheme', (origin: string) => `${new URL(origin).host}/@pasted-one`],
  ])('takes the name out of %s', async (_, text) => {
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill(text(new URL(page.url()).origin))
    await said(page, '@pasted-one is available.')
    expect(await claimField(page).inputValue()).toBe('pasted-one')
  })

  test('lets somebody whom it does not know go on to a name that may be kept for them', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('admin')
    await said(page, '@admin is reserved.')
    await claimButton(page).click()
    await page.waitForURL('/signup')
  })

  test('takes no name out of an address elsewhere', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('https://elsewhere.example/@pasted-two')
    await said(page, 'Username can only contain letters, numbers, hyphens, and underscores.')
  })

  test('is ringed while its field has the focus, and not while a button that was clicked has it', async () => {
    const { page } = await on.visit()
    await signUp(page)
    const ring = () => page.locator('.claim-tag').evaluate((tag) => getComputedStyle(tag).outlineStyle)
    await claimField(page).fill('admin')
    expect(await ring()).toBe('solid')
    await claimButton(page).click()
    await page.getByRole('alert').waitFor()
    expect(await focused(page)).toBe('Claim')
    expect(await ring()).toBe('none')
  })

  test('finds no fault with the first letters of a name until its person is done with it', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    const line = status(page).locator('.availability')
    const tone = () => line.getAttribute('data-tone')
    const spoken = () =>
      line.evaluate((shown) => {
        const copy = shown.cloneNode(true)
        if (!(copy instanceof HTMLElement)) return null
        for (const silent of copy.querySelectorAll('[aria-hidden]')) silent.remove()
        return copy.textContent
      })
    await claimField(page).fill('ab')
    await said(page, 'Username must be at least 3 characters.')
    expect(await tone()).toBe('quiet')
    expect(await line.locator('svg').count()).toBe(0)
    expect(await spoken()).toBe('')

    await claimField(page).blur()
    await expect.poll(tone).toBe('bad')
    expect(await spoken()).toBe('Username must be at least 3 characters.')

    await claimField(page).fill('a')
    await expect.poll(tone).toBe('quiet')
    await claimField(page).press('Enter')
    await expect.poll(tone).toBe('bad')
    expect(await claimField(page).getAttribute('aria-invalid')).toBe('true')
  })

  test('keeps a refusal and the names to have instead together', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'together')
    const fate = page.getByText('If you rename yourself, @together')
    await fate.waitFor()
    await claimField(page).fill('admin')
    await said(page, '@admin is reserved.')
    await page
      .getByRole('button', { name: /^Pick / })
      .first()
      .waitFor()
    const next = await page.locator('.claim-tag').evaluate((tag) => tag.nextElementSibling?.className)
    expect(next).toBe('suggestions')
    expect(await fate.count()).toBe(0)

    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: '@admin is reserved. Pick another one.' }).waitFor()
    expect(await fate.count()).toBe(0)
    const edge = () => page.locator('.claim-tag').evaluate((tag) => getComputedStyle(tag).borderTopColor)
    expect(await edge()).toBe('rgb(179, 38, 30)')

    await claimField(page).fill('together-again')
    await said(page, '@together-again is available.')
    await fate.waitFor()
    expect(await edge()).toBe('rgb(22, 24, 29)')
  })
})
