import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { claimButton, claimField, comeBack, renameTo, signIn, signOut, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('whoever signs in where somebody else was signed out elsewhere', () => {
  const on = onSite()

  async function bob(username: string) {
    const { page } = await on.visit()
    return signUpAs(page, username)
  }

  async function signOutElsewhere(page: Page, newTab: () => Promise<Page>): Promise<void> {
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await other.close()
    await comeBack(page)
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  }

  test('sees none of the names that the other one held, nor their history', async () => {
    const person = await bob('bob-one')
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'ann-old')
    await renameTo(page, 'ann-new')
    await page.getByRole('button', { name: 'Take back @ann-old' }).waitFor()
    await signOutElsewhere(page, newTab)

    // What Bob's settings show is to be seen before anything is fetched anew.
    await page.route('**/trpc/profile.usernameHistory*', () => {})
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, person)
    await page.getByText('You are @bob-one.').waitFor()
    expect(await page.getByText('ann-').count()).toBe(0)
  })

  test('sees no claim that the other one lost', async () => {
    const person = await bob('bob-two')
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'ann-two')
    await claimField(page).fill('bob-two')
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: 'Somebody else has @bob-two' }).waitFor()
    await signOutElsewhere(page, newTab)

    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, person)
    await page.getByText('You are @bob-two.').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await claimField(page).inputValue()).toBe('')
  })

  test('has all that was typed, where it is the same person again', async () => {
    const { page, newTab } = await on.visit()
    const person = await signUpAs(page, 'ann-three')
    await claimField(page).fill('ann-four')
    await signOutElsewhere(page, newTab)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, person)
    await page.getByText('You are @ann-three.').waitFor()
    expect(await claimField(page).inputValue()).toBe('ann-four')
  })
})
