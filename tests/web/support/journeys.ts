import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'

/** What somebody types to sign up. */
export interface Newcomer {
  readonly name: string
  readonly email: string
  readonly password: string
}

export function newcomer(name = 'Somebody New'): Newcomer {
  return { name, email: `${randomUUID()}@example.com`, password: 'correct horse battery' }
}

export function claimField(page: Page) {
  return page.getByRole('textbox', { name: /username is$/ })
}

/** The button that claims or renames. */
export function claimButton(page: Page) {
  return page.getByRole('button', { name: /^(Claim|Rename)$/ })
}

export async function fillSignUp(page: Page, { name, email, password }: Newcomer): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
}

/** Signs up from the front page, and is back there. */
export async function signUp(page: Page, person = newcomer()): Promise<Newcomer> {
  await page.goto('/signup')
  await fillSignUp(page, person)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.waitForURL('/')
  await page.getByRole('button', { name: /^Account of/ }).waitFor()
  return person
}

/** Signs up with a name, and is in the settings. */
export async function signUpAs(page: Page, username: string, person = newcomer()): Promise<Newcomer> {
  await page.goto('/')
  await claimField(page).fill(username)
  await claimButton(page).click()
  await fillSignUp(page, person)
  await page.getByRole('button', { name: `Sign up and claim @${username}` }).click()
  await page.waitForURL('/settings')
  await said(page, `@${username} is yours.`)
  return person
}

/** Goes by another name, from where there is a field for it. */
export async function renameTo(page: Page, username: string): Promise<void> {
  await claimField(page).fill(username)
  await claimButton(page).click()
  await said(page, `You are @${username} now.`)
}

export async function signIn(page: Page, { email, password }: Newcomer): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: /^Sign in/ }).click()
}

export async function pressSignOut(page: Page): Promise<void> {
  // A menu closes when its page scrolls, as it would to reach the button.
  await page.evaluate(() => {
    scrollTo(0, 0)
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}

export async function signOut(page: Page): Promise<void> {
  await pressSignOut(page)
  await said(page, 'You are signed out.')
}

/** Comes back to a tab, as the browser tells it. */
export function comeBack(page: Page): Promise<unknown> {
  return page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
}

/** Waits until the page tells something in passing. */
export async function said(page: Page, text: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: text }).waitFor()
}
