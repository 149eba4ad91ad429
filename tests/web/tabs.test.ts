import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { usualRules } from '../support/rules.ts'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import {
  claimButton,
  claimField,
  comeBack,
  newcomer,
  renameTo,
  said,
  signIn,
  signOut,
  signUp,
  signUpAs,
} from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('several tabs of one browser', () => {
  const on = onSite({ nameRules: { ...usualRules, renames: { most: 1, days: 30 } } })

  /** Somebody's settings in one tab, while another tab signed somebody else in. */
  async function switched(mine: string, theirs: string) {
    const { page, newTab } = await on.visit()
    const person = newcomer('Alice')
    await signUpAs(page, mine, person)
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await signUpAs(other, theirs, newcomer('Carol'))
    const names = () =>
      on.site.database.prisma.username.findMany({
        where: { key: { in: [mine, theirs] }, heldUntil: null, ownerId: { not: null } },
      })
    return { page, other, person, names }
  }

  test('save what is typed in one of them to nobody but whom it shows', async () => {
    const { page, other, person } = await switched('alice-one', 'carol-one')
    await page.getByLabel('Bio').fill('I am Alice.')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await page.getByRole('alert').filter({ hasText: 'You are signed out.' }).waitFor()
    await other.goto('/@carol-one')
    await other.getByRole('heading', { name: 'Carol' }).waitFor()
    expect(await other.getByText('I am Alice.').count()).toBe(0)

    await comeBack(page)
    const dialog = page.getByRole('alertdialog', { name: 'Somebody else is signed in' })
    await dialog.getByText('In this browser Carol is signed in now').waitFor()
    await signOut(other)
    await other.goto('/signin')
    await signIn(other, person)
    await other.waitForURL('/settings')
    await comeBack(page)
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, 'Your profile is saved.')
    expect(await page.getByLabel('Bio').inputValue()).toBe('I am Alice.')
  })

  test('stay behind the dialog that tells who is signed in, however often Escape is pressed', async () => {
    const { page } = await switched('alice-five', 'carol-five')
    await comeBack(page)
    const dialog = page.getByRole('alertdialog', { name: 'Somebody else is signed in' })
    await dialog.waitFor()
    for (const _ of [1, 2, 3]) {
      await page.keyboard.press('Escape')
      await expect.poll(() => dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
    }
  })

  test('tell who is signed in now even where nothing more can be fetched', async () => {
    const { page } = await switched('alice-six', 'carol-six')
    await page.route('**/assets/*.js', (route) => route.abort())
    await comeBack(page)
    await page.getByRole('alertdialog', { name: 'Somebody else is signed in' }).waitFor()
  })

  const isTold = (page: Page) =>
    page.getByRole('alertdialog', { name: 'Somebody else is signed in' }).waitFor()

  test('give up nothing for anybody but whom they show', async () => {
    const { page, names } = await switched('alice-two', 'carol-two')
    await page.getByRole('button', { name: 'Give up @alice-two…' }).click()
    await page.getByRole('button', { name: 'Give up @alice-two', exact: true }).click()
    await isTold(page)
    expect((await names()).map(({ key }) => key).sort()).toEqual(['alice-two', 'carol-two'])
  })

  test('claim and rename nothing for anybody but whom they show', async () => {
    const { page, names } = await switched('alice-nine', 'carol-nine')
    await claimField(page).fill('alice-three')
    await page.getByRole('button', { name: 'Rename' }).click()
    await isTold(page)
    expect((await names()).map(({ key }) => key).sort()).toEqual(['alice-nine', 'carol-nine'])
    expect(await on.site.database.prisma.username.count({ where: { key: 'alice-three' } })).toBe(0)
  })

  test('go on as whoever is signed in now, on a page of their own', async () => {
    const { page } = await switched('alice-four', 'carol-four')
    await comeBack(page)
    await page.getByRole('button', { name: 'Go on as Carol' }).click()
    await page.getByText('You are @carol-four.').waitFor()
    await page.getByLabel('Bio').fill('I am Carol.')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await said(page, 'Your profile is saved.')
  })

  test('give up no name but the one that they show', async () => {
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'dave-old')
    const other = await newTab()
    await other.goto('/settings')
    await renameTo(other, 'dave-new')
    await page.getByRole('button', { name: 'Give up @dave-old…' }).click()
    await page.getByRole('button', { name: 'Give up @dave-old', exact: true }).click()
    await said(page, 'You do not go by @dave-old any more.')
    await page.getByText('You are @dave-new.').waitFor()
  })

  test('watch a name only in the one that shows', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    const gone: string[] = []
    page.on('requestfailed', (request) => gone.push(request.url()))
    const watched = () => page.waitForRequest((request) => request.url().includes('watchUsername'))
    const setVisibility = (state: string) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      }, state)
    const first = watched()
    await claimField(page).fill('seen-only')
    await first
    await said(page, '@seen-only is available.')
    await setVisibility('hidden')
    await expect.poll(() => gone.filter((url) => url.includes('watchUsername')).length).toBe(1)

    const { page: rival } = await on.visit()
    await signUpAs(rival, 'seen-only')
    await page.getByText('@seen-only is available.').waitFor()
    const again = watched()
    await setVisibility('visible')
    await again
    await page.getByText('Somebody was faster').or(page.getByText('@seen-only is taken')).first().waitFor()
  })

  test('that have one more for each connection of the browser still claim', async () => {
    const { page, newTab } = await on.visit()
    await signUp(page)
    await page.goto('/')
    const others: Page[] = []
    for (const at of [1, 2, 3, 4, 5, 6]) {
      const other = await newTab()
      others.push(other)
      await other.goto('/')
      await claimField(other).fill(`tab-number-${at}`)
      await said(other, `@tab-number-${at} is available.`)
      await other.evaluate(() => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' })
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
      })
    }
    await claimField(page).fill('tab-number-0')
    await claimButton(page).click()
    await said(page, '@tab-number-0 is yours.')
  })

  test('rename nobody who pressed Claim before it was known that they have a name', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'early-one')
    const slow = await hold(page, 'profile.me')
    await page.goto('/')
    await claimField(page).fill('early-two')
    await said(page, '@early-two is available.')
    await claimButton(page).click()
    await slow.arrived
    slow.letGo()
    await page.getByText('If you rename yourself, @early-one').waitFor()
    expect(await on.site.database.prisma.username.count({ where: { key: 'early-two' } })).toBe(0)
    await page.getByRole('button', { name: 'Rename' }).click()
    await said(page, 'You are @early-two now.')
  })

  test('tell nobody of what the one before them tried', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'often-one')
    await renameTo(page, 'often-two')
    await claimField(page).fill('often-three')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('alert').filter({ hasText: 'You changed your username too often.' }).waitFor()
    await signOut(page)
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await claimField(page).inputValue()).toBe('')
  })
})
