import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { claimButton, claimField, fillSignUp, newcomer, said, signOut, signUp } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('a claim whose answer is late', () => {
  const on = onSite()

  /** Somebody on the front page whose claim is won, of which the page hears only when it is told to. */
  async function won(username: string) {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill(username)
    await said(page, `@${username} is available.`)
    const late = await lateClaim(page)
    let looks = 0
    page.on('requestfinished', (request) => {
      if (request.url().includes('checkUsername')) looks += 1
    })
    await claimButton(page).click()
    return { page, deliver: await late.answered, looks: () => looks }
  }

  /** Has the answer to a claim come only when what `answered` resolves to is called. */
  async function lateClaim(page: Page) {
    let answer: (deliver: () => Promise<void>) => void
    const answered = new Promise<() => Promise<void>>((resolve) => {
      answer = resolve
    })
    await page.route('**/trpc/profile.claimUsername*', async (route) => {
      const response = await route.fetch()
      answer(async () => {
        const delivered = page.waitForResponse('**/trpc/profile.claimUsername*')
        await route.fulfill({ response })
        await (await delivered).finished()
        await shown(page)
      })
    })
    return { answered }
  }

  /** Waits until what the page was told is shown. */
  async function shown(page: Page): Promise<void> {
    await page.evaluate(async () => {
      await (await fetch('/healthz')).text()
      for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve))
    })
  }

  const path = (page: Page) => new URL(page.url()).pathname

  test('is told as soon as it comes, whatever else is still to be read', async () => {
    const { page, deliver } = await won('late-one')
    await page.route(/profile\.me/, () => {})
    await deliver()
    await said(page, '@late-one is yours.')
    expect(path(page)).toBe('/settings')
    await page.getByRole('main').getByRole('link', { name: '@late-one' }).waitFor()
    await page.getByRole('button', { name: 'Account of @late-one' }).waitFor()
    expect(await claimField(page).inputValue()).toBe('')
  })

  test('is not foretold by what the page hears of the name meanwhile', async () => {
    const { page, deliver, looks } = await won('late-two')
    await expect.poll(looks).toBe(1)
    await shown(page)
    const form = page.getByRole('main').locator('form')
    expect(await form.innerText()).not.toMatch(/@late-two is|free right now/)
    await deliver()
    await said(page, '@late-two is yours.')
  })

  test('leaves whoever went on to another page there', async () => {
    const { page, deliver } = await won('late-three')
    await page.evaluate(() => history.pushState(null, '', '/@somewhere-else'))
    await page.getByRole('heading', { name: 'Nobody is @somewhere-else.' }).waitFor()
    await deliver()
    await said(page, '@late-three is yours.')
    expect(path(page)).toBe('/@somewhere-else')
  })

  test('leaves what was typed since', async () => {
    const { page, deliver } = await won('late-four')
    await claimField(page).fill('late-five')
    await deliver()
    await said(page, '@late-four is yours.')
    expect(await claimField(page).inputValue()).toBe('late-five')
    expect(path(page)).toBe('/')
    await claimButton(page)
      .and(page.getByRole('button', { name: 'Rename' }))
      .waitFor()
  })

  test('is told to whoever typed something else since where it was lost', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('admin')
    const late = await lateClaim(page)
    await claimButton(page).click()
    const deliver = await late.answered
    await claimField(page).fill('late-eight')
    await deliver()
    await said(page, '@admin: That username is reserved.')
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('is nothing to whoever signed out meanwhile', async () => {
    const { page, deliver } = await won('late-six')
    await signOut(page)
    await said(page, 'You are signed out.')
    await deliver()
    expect(path(page)).toBe('/')
    await said(page, 'You are signed out.')
    expect(await page.getByText('late-six').count()).toBe(0)
  })

  test('is nothing to the next person in the tab', async () => {
    const { page, deliver } = await won('late-seven')
    await signOut(page)
    await said(page, 'You are signed out.')
    await signUpHere(page)
    await deliver()
    expect(path(page)).toBe('/')
    expect(await page.getByText('late-seven').count()).toBe(0)
    await page.getByRole('button', { name: 'Account of Carol' }).waitFor()
  })

  test('is not asked for again in the name of the next person', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('late-nine')
    await said(page, '@late-nine is available.')
    let tries = 0
    let lose = () => {}
    await page.route('**/trpc/profile.claimUsername*', (route) => {
      tries += 1
      lose = () => void route.abort()
    })
    await claimButton(page).click()
    await expect.poll(() => tries).toBe(1)
    await signOut(page)
    await signUpHere(page)
    lose()
    // Longer than the client takes to send a call for the last time.
    await sleep(1500)
    expect(tries).toBe(1)
    expect(await on.site.database.prisma.username.count({ where: { key: 'late-nine' } })).toBe(0)
  })

  /** Signs up without loading the page anew. */
  async function signUpHere(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Sign up' }).click()
    await fillSignUp(page, newcomer('Carol'))
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('button', { name: 'Account of Carol' }).waitFor()
  }
})
