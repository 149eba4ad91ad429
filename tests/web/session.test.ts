import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import {
  claimButton,
  claimField,
  fillSignUp,
  newcomer,
  said,
  signIn,
  signOut,
  signUp,
  signUpAs,
} from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('sessions in the browser', () => {
  const on = onSite()

  /** Ends somebody's sessions behind their back, as time does, and what their browser is trusted for until then. */
  async function expire(page: Page, email: string): Promise<void> {
    const { count } = await on.site.database.prisma.session.deleteMany({ where: { user: { email } } })
    expect(count).toBeGreaterThan(0)
    await page.context().clearCookies({ name: 'dibs.session_pass' })
  }

  test('a browser that keeps nothing for pages lets its person sign up for a name all the same', async () => {
    const { page } = await on.visit()
    await page.addInitScript(`Object.defineProperty(window, 'sessionStorage', {
      get() { throw new DOMException('Access is denied for this document.', 'SecurityError') },
    })`)
    await signUpAs(page, 'switch')
  })

  test('a browser of the oldest that the page is built for lets its person sign up for a name', async () => {
    const { page } = await on.visit()
    await page.addInitScript('delete AbortSignal.any')
    await signUpAs(page, 'oldest')
  })

  test('a session that ends before a claim costs neither the name nor another press', async () => {
    const { page } = await on.visit()
    const person = await signUp(page)
    await claimField(page).fill('tank')
    await said(page, '@tank is available.')
    await expire(page, person.email)
    await claimButton(page).click()

    await page.getByRole('alert').filter({ hasText: '@tank is kept here' }).waitFor()
    expect(await claimField(page).inputValue()).toBe('tank')
    await page.getByRole('button', { name: 'Sign in and go on' }).click()
    await page.waitForURL('/signin')
    await page.reload()
    await signIn(page, person)
    await page.waitForURL('/settings')
    await said(page, '@tank is yours.')
  })

  test('a session that ends before a rename costs no more', async () => {
    const { page } = await on.visit()
    const person = await signUpAs(page, 'mouser')
    await page.getByRole('link', { name: 'Dibs, home' }).click()
    await claimField(page).fill('mouser-two')
    await page.getByText('If you rename yourself, @mouser').waitFor()
    await expire(page, person.email)
    await claimButton(page).click()
    await page.getByRole('button', { name: 'Sign in and go on' }).click()
    await page.waitForURL('/signin')
    await signIn(page, person)
    await said(page, 'You are @mouser-two now.')
  })

  test('a session that ends before a profile is saved costs nothing that was typed', async () => {
    const { page, newTab } = await on.visit()
    const person = await signUpAs(page, 'dozer')
    await page.getByLabel('Bio').fill('Born free.')
    await expire(page, person.email)
    await page.getByRole('button', { name: 'Save profile' }).click()
    await page.getByRole('alert').filter({ hasText: 'You are signed out.' }).waitFor()
    // It would lie over this problem, and goes by itself only after 10 seconds.
    await page.getByText('@dozer is yours.').waitFor({ state: 'detached', timeout: 8_000 })

    const other = await newTab()
    await other.goto('/signin')
    await signIn(other, person)
    await other.waitForURL('/settings')
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, 'Your profile is saved.')
    expect(await page.getByLabel('Bio').inputValue()).toBe('Born free.')
  })

  test('whoever signs in to claim, and has a name already, is not renamed without being asked', async () => {
    const { page: first } = await on.visit()
    const person = await signUpAs(first, 'cypher')

    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('reagan')
    await claimButton(page).click()
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, person)
    await page.waitForURL('/settings')
    await page.getByText('You are @cypher.').waitFor()
    await said(page, 'You are signed in as @cypher. @reagan is not claimed yet: press Rename to move there.')
    expect(await claimField(page).inputValue()).toBe('reagan')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Rename')
    await page.keyboard.press('Enter')
    await said(page, 'You are @reagan now.')
  })

  test('a claim without an answer keeps the name, and is repeated on request', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('mouse')
    await said(page, '@mouse is available.')
    await page.route('**/trpc/profile.claimUsername*', (route) => route.abort())
    await claimButton(page).click()
    const alert = page.getByRole('alert').filter({ hasText: 'The service did not answer.' })
    await alert.waitFor()
    expect(await claimField(page).inputValue()).toBe('mouse')
    await page.unroute('**/trpc/profile.claimUsername*')
    await alert.getByRole('button', { name: 'Try again' }).click()
    await said(page, '@mouse is yours.')
  })

  test('a claim whose answer was lost is repeated by itself, and succeeds', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await page.route(
      '**/trpc/profile.claimUsername*',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    await claimField(page).fill('niobe')
    await claimButton(page).click()
    await said(page, '@niobe is yours.')
  })

  test('signing up and in tell what is wrong', async () => {
    const { page } = await on.visit()
    const person = await signUp(page)
    await signOut(page)

    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('Use at least 8 characters').waitFor()
    expect(await page.getByLabel('Your name').evaluate((field) => field === document.activeElement)).toBe(
      true,
    )
    await fillSignUp(page, { ...newcomer(), email: person.email })
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').filter({ hasText: 'There is an account with this e-mail' }).waitFor()

    await page.getByRole('link', { name: 'Sign in instead' }).click()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(person.email)
    await signIn(page, { ...person, password: 'not the password' })
    await page.getByRole('alert').filter({ hasText: 'is not right' }).waitFor()
    await page.route('**/api/auth/sign-in/email', (route) => route.abort(), { times: 1 })
    await signIn(page, person)
    await page.getByRole('alert').filter({ hasText: 'did not answer' }).waitFor()
    await signIn(page, person)
    await page.waitForURL('/')
  })

  test('the settings are for whoever is signed in', async () => {
    const { page } = await on.visit()
    await page.goto('/settings')
    await page.waitForURL('/signin')
    await page.getByRole('main').getByRole('link', { name: 'Create an account' }).click()
    await page.reload()
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, await signUpElsewhere())
    await page.waitForURL('/settings')
    await page.getByText('You have none. Claim one').waitFor()
  })

  test('whoever comes to sign in by themselves, and has no name, is asked for one', async () => {
    const person = await signUpElsewhere()
    const { page } = await on.visit()
    await page.goto('/signin')
    await signIn(page, person)
    await page.waitForURL('/')
  })

  async function signUpElsewhere() {
    const { page } = await on.visit()
    return signUp(page)
  }
})

describe.skipIf(withoutBrowser)('limits in the browser', () => {
  const on = onSite({ rateLimits: true })

  test('a claim that comes too fast is told how long to wait', async () => {
    const { page } = await on.visit()
    await signUp(page)
    const statuses = await page.evaluate(async () => {
      const claim = () =>
        fetch('/trpc/profile.claimUsername', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ username: 'admin' }),
        })
      return (await Promise.all(Array.from({ length: 40 }, claim))).map(({ status }) => status)
    })
    expect(statuses).toContain(429)
    await claimField(page).fill('hurried')
    await claimButton(page).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /Wait \d+ seconds, then try again/ })
      .waitFor()
  })
})
