import type { Page, Route } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { fillSignUp, newcomer, said, signIn, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('an answer about the session that comes late, or never', () => {
  const on = onSite()

  /** Has the next answer about the session come only when what `answered` resolves to is called. */
  async function lateSession(page: Page) {
    let answer: (deliver: () => Promise<void>) => void
    const answered = new Promise<() => Promise<void>>((resolve) => {
      answer = resolve
    })
    const later = async (route: Route) => {
      const response = await route.fetch()
      // The page may have given it up by then.
      answer(() => route.fulfill({ response }).catch(() => undefined))
    }
    await page.route('**/api/auth/get-session', later, { times: 1 })
    return { answered }
  }

  /** Sends on what a page sends, and keeps the answer and its cookies from it. */
  async function loseAnswer(route: Route): Promise<void> {
    await sendOn(route)
    await route.abort()
  }

  /** The same of a server that fails once it is done. */
  async function failAfterwards(route: Route): Promise<void> {
    await sendOn(route)
    await route.fulfill({ status: 500 })
  }

  async function sendOn(route: Route): Promise<void> {
    const { cookie = '', origin = '', ...headers } = await route.request().allHeaders()
    const { status } = await fetch(route.request().url(), {
      method: 'POST',
      headers: { cookie, origin, 'content-type': headers['content-type'] ?? '' },
      body: route.request().postData(),
    })
    expect(status).toBe(200)
  }

  async function pressSignOut(page: Page): Promise<void> {
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
  }

  async function askToDelete(page: Page, password: string) {
    await page.getByRole('button', { name: 'Delete account…' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Delete your account?' })
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
    return dialog
  }

  const deleted = 'You are signed out. Your account is deleted, unless you can still sign in.'

  test('does not sign out whoever signed in after it was asked for', async () => {
    const { page: elsewhere } = await on.visit()
    const person = await signUp(elsewhere)
    const { page } = await on.visit()
    const late = await lateSession(page)
    await page.goto('/signin')
    const deliver = await late.answered
    const isIn = page.waitForResponse('**/api/auth/sign-in/email')
    await signIn(page, person)
    await isIn
    await deliver()
    await page.getByRole('button', { name: 'Account of Somebody New' }).waitFor()
  })

  test('does not bring back whoever signed out after it was asked for', async () => {
    const { page, newTab } = await on.visit()
    await signUp(page)
    const late = await lateSession(page)
    const comeBack = () =>
      page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
    await comeBack()
    const deliver = await late.answered
    await pressSignOut(page)
    await said(page, 'You are signed out.')
    await deliver()
    // What comes after it has been shown once this is.
    await page.evaluate(async () => {
      await (await fetch('/healthz')).text()
      for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve))
    })
    expect(await page.getByRole('button', { name: /^Account of/ }).count()).toBe(0)

    await signUp(await newTab(), newcomer('Carol'))
    await comeBack()
    await page.getByRole('button', { name: 'Account of Carol' }).waitFor()
    expect(await page.getByRole('alertdialog').count()).toBe(0)
  })

  test('of a sign-up signs in whoever signs up again', async () => {
    const { page } = await on.visit()
    await page.goto('/signup')
    await page.route('**/api/auth/sign-up/email', loseAnswer, { times: 1 })
    await fillSignUp(page, newcomer('Apoc'))
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.waitForURL('/')
    await page.getByRole('button', { name: 'Account of Apoc' }).waitFor()
  })

  test('of a sign-up signs nobody in with another password', async () => {
    const { page } = await on.visit()
    const person = newcomer()
    await page.goto('/signup')
    await page.route('**/api/auth/sign-up/email', loseAnswer, { times: 1 })
    await fillSignUp(page, person)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    await page.getByLabel('Password', { exact: true }).fill('another battery')
    await page.getByRole('button', { name: 'Sign up' }).click()
    const taken = page.getByRole('alert').filter({ hasText: 'There is an account with this e-mail' })
    await taken.getByRole('link', { name: 'Sign in instead' }).click()
    await page.waitForURL('/signin')
    expect(await page.getByLabel('E-mail').inputValue()).toBe(person.email)
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
  })

  test('does not keep anybody signed in who has signed out', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await page.route('**/api/auth/sign-out', loseAnswer)
    await pressSignOut(page)
    await said(page, 'You are signed out.')
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  })

  test('is told of as far as it is known who is signed in', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await page.route('**/api/auth/sign-out', (route) => route.abort())
    await pressSignOut(page)
    await said(page, 'You are still signed in. The service did not answer.')
    // A failure is no news to tick off.
    expect(await page.locator('.notice .icon').count()).toBe(0)
    await page.route('**/api/auth/get-session', (route) => route.abort())
    await pressSignOut(page)
    await said(page, 'It is not known whether you are signed out. The service did not answer.')
    await page.unrouteAll()
    await pressSignOut(page)
    await said(page, 'You are signed out.')
  })

  test.each([
    { what: 'is lost', username: 'merovingian', without: loseAnswer, defects: 0 },
    { what: 'is that the server failed', username: 'trainman', without: failAfterwards, defects: 1 },
  ])(
    'asks nobody to sign in to an account that they deleted: it $what',
    async ({ username, without, defects }) => {
      const { page, complaints } = await on.visit()
      const { password, email } = await signUpAs(page, username)
      await page.route('**/api/auth/delete-user', without)
      await askToDelete(page, password)
      await page.waitForURL('/')
      await said(page, deleted)
      expect(await on.site.database.prisma.user.count({ where: { email } })).toBe(0)
      expect(complaints.splice(0)).toHaveLength(defects)
    },
  )

  test('asks nobody to sign in who deletes an account again because of it', async () => {
    const { page } = await on.visit()
    const { password } = await signUpAs(page, 'persephone')
    await page.route('**/api/auth/delete-user', loseAnswer)
    await page.route('**/api/auth/get-session', (route) => route.abort())
    const dialog = await askToDelete(page, password)
    await dialog.getByRole('alert').getByText('The service did not answer.').waitFor()
    await page.unrouteAll()
    await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
    await page.waitForURL('/')
    await said(page, deleted)
  })
})
