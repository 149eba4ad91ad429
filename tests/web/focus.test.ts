import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { claimButton, claimField, said, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('the focus of a button that goes when it is pressed', () => {
  const on = onSite()

  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent)

  /** Presses a button by the keyboard, and waits until it is gone, and with it what it stood in. */
  async function press(page: Page, name: string): Promise<void> {
    const button = page.getByRole('button', { name })
    await button.focus()
    const handle = await button.elementHandle()
    await page.keyboard.press('Enter')
    await handle?.waitForElementState('hidden')
  }

  test('moves to the button of the form, under a claim that failed', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('focus-one')
    await said(page, '@focus-one is available.')
    await page.route('**/trpc/profile.claimUsername*', (route) => route.abort())
    await claimButton(page).click()
    await press(page, 'Try again')
    expect(await focused(page)).toBe('Claim')
  })

  test('moves to the button of the form, where a name could not be looked at', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await page.route('**/trpc/profile.checkUsername*', (route) => route.abort())
    await claimField(page).fill('focus-two')
    await page.getByText('The service did not answer.').waitFor()
    await page.unroute('**/trpc/profile.checkUsername*')
    await press(page, 'Look again')
    expect(await focused(page)).toBe('Claim')
  })

  test('moves to the button of the form, under a profile that was not saved', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'focus-three')
    await page.getByLabel('Bio').fill('Mine')
    await page.route('**/trpc/profile.update*', (route) => route.abort())
    await page.getByRole('button', { name: 'Save profile' }).click()
    await press(page, 'Try again')
    expect(await focused(page)).toBe('Save profile')
  })

  test('moves to the button of the form, under a profile that was changed elsewhere', async () => {
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'focus-four')
    await page.getByLabel('Bio').fill('Mine')
    const other = await newTab()
    await other.goto('/settings')
    await other.getByLabel('Bio').fill('Theirs')
    await other.getByRole('button', { name: 'Save profile' }).click()
    await said(other, 'Your profile is saved.')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await press(page, 'Load theirs')
    expect(await focused(page)).toBe('Save profile')
  })

  test('moves to the heading of the section, over a history that did not load', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'focus-five')
    await page.route('**/trpc/**usernameHistory*', (route) => route.abort())
    await page.reload()
    const section = page.getByRole('region', { name: 'Name history' })
    await section.getByRole('button', { name: 'Try again' }).focus()
    await page.unroute('**/trpc/**usernameHistory*')
    await page.keyboard.press('Enter')
    await section.getByText('Claimed @focus-five').waitFor()
    expect(await focused(page)).toBe('Name history')
  })

  test('moves to the heading of the page, where a notice is dismissed', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'focus-six')
    // Where the focus is once the page has changed.
    await expect.poll(() => focused(page)).toBe('Settings')
    await press(page, 'Dismiss')
    expect(await focused(page)).toBe('Settings')
  })

  test('moves to the heading, where somebody signs out on the front page, and the way back stays', async () => {
    const { page } = await on.visit()
    await signUp(page)
    const before = await page.evaluate(() => history.length)
    await page.getByRole('button', { name: /^Account of/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Sign out' }).focus()
    await page.keyboard.press('Enter')
    await said(page, 'You are signed out.')
    await expect.poll(() => focused(page)).toBe('Call dibs on your name.')
    expect(await page.evaluate(() => history.length)).toBe(before)
  })

  test('moves to the heading, where a name that was kept is let go of', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('focus-kept')
    await claimButton(page).click()
    await page.waitForURL('**/signup')
    await press(page, 'Not now')
    expect(await focused(page)).toBe('Create your account')
  })
})
