import type { Page, Route } from 'playwright-core'
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
} from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

const path = (page: Page) => new URL(page.url()).pathname

describe.skipIf(withoutBrowser)('signing in', () => {
  const on = onSite()

  /** Somebody with an account, on the page to sign in; with a name if they came to claim one. */
  async function toSignIn(wanted?: string) {
    const { page } = await on.visit()
    const person = await signUp(page)
    await signOut(page)
    if (wanted !== undefined) {
      await claimField(page).fill(wanted)
      await claimButton(page).click()
      await page.waitForURL('/signup')
    }
    await page.getByRole('link', { name: 'Sign in' }).first().click()
    await page.waitForURL('/signin')
    return { page, person }
  }

  /** Has the answer to signing in wait on its way, once it is done. */
  async function slowly(page: Page, wait: Promise<void>): Promise<void> {
    await page.route('**/api/auth/sign-in/email', async (route: Route) => {
      const response = await route.fetch()
      await wait
      await route.fulfill({ response })
    })
  }

  function gate() {
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    return { opened, open }
  }

  test('claims nothing that was let go of while it took its time', async () => {
    const { page, person } = await toSignIn('enter-one')
    const { opened, open } = gate()
    await slowly(page, opened)
    await signIn(page, person)
    await page.getByRole('button', { name: 'Not now' }).click()
    open()
    await page.waitForURL('/')
    await page.getByRole('button', { name: /^Account of/ }).waitFor()
    await said(page, '@enter-one is available.')
    expect(await on.site.database.prisma.username.count({ where: { key: 'enter-one' } })).toBe(0)
    expect(path(page)).toBe('/')
  })

  test('leaves whoever went to another page there, and claims nothing behind their back', async () => {
    const { page, person } = await toSignIn('enter-two')
    const { opened, open } = gate()
    await slowly(page, opened)
    await signIn(page, person)
    await page.evaluate(() => history.pushState(null, '', '/@somewhere-else'))
    await page.getByRole('heading', { name: 'Nobody is @somewhere-else.' }).waitFor()
    open()
    await said(page, 'You are signed in. @enter-two is not claimed yet.')
    await page.getByRole('button', { name: /^Account of/ }).waitFor()
    expect(path(page)).toBe('/@somewhere-else')
    expect(await on.site.database.prisma.username.count({ where: { key: 'enter-two' } })).toBe(0)
  })

  test('says that a name is not claimed where it is not known what it would replace', async () => {
    const { page, person } = await toSignIn('enter-three')
    await page.route(/profile\.me/, (route) => route.abort())
    await signIn(page, person)
    await said(page, 'You are signed in. @enter-three is not claimed yet.')
    expect(await claimField(page).inputValue()).toBe('enter-three')
  })

  test('tells whoever’s browser keeps no cookie', async () => {
    const { page } = await on.visit()
    await page.goto('/signup')
    await fillSignUp(page, newcomer())
    await page.route('**/api/auth/get-session', (route) => route.fulfill({ json: null }))
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').filter({ hasText: 'This browser did not keep you signed in.' }).waitFor()
    expect(path(page)).toBe('/signup')
  })

  test('goes back to the settings that sent somebody here, also when they turn to signing up', async () => {
    const { page } = await on.visit()
    await page.goto('/settings')
    await page.waitForURL('/signin')
    await page.getByRole('banner').getByRole('link', { name: 'Sign up' }).click()
    await fillSignUp(page, newcomer())
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.waitForURL('/settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
  })

  test('keeps the e-mail address between the two pages, and no password, until somebody is in', async () => {
    const { page } = await on.visit()
    const person = newcomer()
    const email = page.getByLabel('E-mail')
    await page.goto('/signin')
    await email.fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.waitForURL('/signup')
    expect(await email.inputValue()).toBe(person.email)
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    await fillSignUp(page, person)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.waitForURL('/')
    await signOut(page)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL('/signin')
    expect(await email.inputValue()).toBe('')
  })

  test.each(['/signin', '/signup'])('tells at %s whoever is in already, with ways on', async (to) => {
    const { page } = await on.visit()
    await signUp(page, newcomer('Rhineheart'))
    await page.goto(to)
    const main = page.getByRole('main')
    await main.getByText('You are signed in as Rhineheart.').waitFor()
    await main.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
  })
})

describe.skipIf(withoutBrowser)('Claim, pressed before it is known who is there', () => {
  const on = onSite()

  async function pressed(username: string) {
    const { page } = await on.visit()
    await signUp(page)
    const answers: (() => void)[] = []
    await page.route('**/api/auth/get-session', (route) => void answers.push(() => void route.continue()))
    let claims = 0
    page.on('request', (request) => {
      if (request.url().includes('claimUsername')) claims += 1
    })
    await page.goto('/')
    await claimField(page).fill(username)
    await claimButton(page).click()
    await expect.poll(() => answers.length).toBeGreaterThan(0)
    return {
      page,
      claims: () => claims,
      answer() {
        for (const one of answers.splice(0)) one()
      },
    }
  }

  const isKnown = (page: Page) => page.getByRole('button', { name: /^Account of/ }).waitFor()

  test('claims nothing once something else is typed', async () => {
    const { page, claims, answer } = await pressed('early-typo')
    await claimField(page).fill('early-right')
    answer()
    await isKnown(page)
    await said(page, '@early-right is available.')
    expect(claims()).toBe(0)
    expect(path(page)).toBe('/')
  })

  test('claims nothing once whoever pressed it has gone elsewhere', async () => {
    const { page, claims, answer } = await pressed('early-gone')
    await page.evaluate(() => history.pushState(null, '', '/@somewhere-else'))
    await page.getByRole('heading', { name: 'Nobody is @somewhere-else.' }).waitFor()
    answer()
    await isKnown(page)
    expect(claims()).toBe(0)
    expect(path(page)).toBe('/@somewhere-else')
  })

  test('claims it once that is known', async () => {
    const { page, answer } = await pressed('early-won')
    answer()
    await said(page, '@early-won is yours.')
  })
})
