import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { claimButton, comeBack, signOut, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('a tab whose person was signed out in another one', () => {
  const on = onSite()

  /** Somebody's settings, before and after they are signed out elsewhere. */
  async function signedIn(username: string) {
    const { page, newTab } = await on.visit()
    await signUpAs(page, username)
    return {
      page,
      async signOutElsewhere() {
        const other = await newTab()
        await other.goto('/')
        await signOut(other)
        await comeBack(page)
        await page.getByRole('link', { name: 'Sign in' }).waitFor()
      },
    }
  }

  const goHome = (page: Page) => page.getByRole('link', { name: 'Dibs, home' }).click()

  test('tells nobody on the front page who they are', async () => {
    const { page, signOutElsewhere } = await signedIn('sam-one')
    await goHome(page)
    await page.getByText('You are @sam-one.').waitFor()
    expect(await claimButton(page).textContent()).toBe('Rename')
    await signOutElsewhere()
    await page.getByText('You are @sam-one.').waitFor({ state: 'detached' })
    expect(await claimButton(page).textContent()).toBe('Claim')
  })

  test('offers nobody to edit the profile', async () => {
    const { page, signOutElsewhere } = await signedIn('sam-two')
    await page.getByRole('main').getByRole('link', { name: '@sam-two' }).click()
    const edit = page.getByRole('link', { name: 'Edit profile' })
    await edit.waitFor()
    await signOutElsewhere()
    await edit.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Claim your name' }).waitFor()
  })

  test('asks to sign in where the settings are opened afresh', async () => {
    const { page, signOutElsewhere } = await signedIn('sam-three')
    await goHome(page)
    await page.getByText('You are @sam-three.').waitFor()
    await signOutElsewhere()
    await page.goBack()
    await page.waitForURL('/signin')
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
  })

  test('tells who is signed in as soon as the service does, also beside the other window', async () => {
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'sam-five')
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await page.getByLabel('Bio').fill('Typed before it was known.')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await page.getByRole('alert').filter({ hasText: 'You are signed out.' }).waitFor()
    await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor()
    expect(await page.getByLabel('Bio').inputValue()).toBe('Typed before it was known.')
  })

  test('tells that somebody else is signed in as soon as something is refused to them', async () => {
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'sam-six')
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await signUp(other)
    await page.getByLabel('Bio').fill('Not theirs.')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await page.getByRole('alertdialog', { name: 'Somebody else is signed in' }).waitFor()
  })

  test('offers to sign in where the history is asked for again', async () => {
    const { page, newTab } = await on.visit()
    await page.route('**/trpc/**usernameHistory*', (route) => route.abort())
    await signUpAs(page, 'sam-eight')
    const section = page.getByRole('region', { name: 'Name history' })
    await section.getByRole('button', { name: 'Try again' }).waitFor()
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await page.unrouteAll()
    await section.getByRole('button', { name: 'Try again' }).click()
    const alert = section
      .getByRole('alert')
      .filter({ hasText: 'You are signed out. Sign in, then try again.' })
    await alert.getByRole('link', { name: 'Sign in, in a new tab' }).waitFor()
  })

  test('offers to sign in where the account can be deleted no more', async () => {
    const { page, newTab } = await on.visit()
    const { password } = await signUpAs(page, 'sam-seven')
    await page.getByRole('button', { name: 'Delete account…' }).click()
    await page.getByLabel('Password', { exact: true }).fill(password)
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await page.getByRole('button', { name: 'Delete account', exact: true }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByRole('alert').filter({ hasText: 'You are signed out.' }).waitFor()
    await dialog.getByRole('link', { name: 'Sign in, in a new tab' }).waitFor()
  })

  test('keeps the settings that it shows, and what was typed there', async () => {
    const { page, signOutElsewhere } = await signedIn('sam-four')
    await page.getByLabel('Bio').fill('Still here.')
    await signOutElsewhere()
    expect(await page.getByLabel('Bio').inputValue()).toBe('Still here.')
  })
})
