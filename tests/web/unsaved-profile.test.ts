import type { Dialog, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { fillSignUp, newcomer, pressSignOut, renameTo, said, signIn, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('what is typed into a profile and not saved', () => {
  const on = onSite()

  const bio = (page: Page) => page.getByLabel('Bio')

  const save = (page: Page) => page.getByRole('button', { name: 'Save profile' }).click()

  /** Goes to one's own profile by the link of the settings. */
  async function look(page: Page, username: string): Promise<void> {
    await page
      .getByRole('main')
      .getByRole('link', { name: `@${username}` })
      .click()
    await page.getByRole('article').waitFor()
  }

  const asking = (page: Page) =>
    page.getByRole('alertdialog', { name: 'Your profile has changes that are not saved' })

  async function discardBySigningOut(page: Page): Promise<void> {
    await pressSignOut(page)
    await asking(page).getByRole('button', { name: 'Discard' }).click()
    await said(page, 'You are signed out.')
  }

  /** Asks for the page anew, and answers whether the browser asked whether to leave; then stays. */
  function asksBeforeLeaving(page: Page): Promise<boolean> {
    return new Promise((resolve, reject) => {
      async function stay(dialog: Dialog) {
        await dialog.dismiss()
        resolve(dialog.type() === 'beforeunload')
      }
      page.once('dialog', stay)
      page.once('load', () => {
        page.off('dialog', stay)
        resolve(false)
      })
      page.evaluate(() => void setTimeout(() => location.reload())).catch(reject)
    })
  }

  test('is there again after a look at another page, and is saved from there', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-one')
    await bio(page).fill('Not saved yet.')
    await look(page, 'unsaved-one')
    await page.goBack()
    expect(await bio(page).inputValue()).toBe('Not saved yet.')
    await save(page)
    await said(page, 'Your profile is saved.')
    const row = await on.site.database.prisma.profile.findFirst({ where: { usernameKey: 'unsaved-one' } })
    expect(row).toMatchObject({ bio: 'Not saved yet.' })
  })

  test('is asked about before the page is left, wherever on the site, and only then', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-two')
    expect(await asksBeforeLeaving(page)).toBe(false)
    await bio(page).click()
    await page.keyboard.type('Typed.')
    expect(await asksBeforeLeaving(page)).toBe(true)
    expect(await bio(page).inputValue()).toBe('Typed.')
    await look(page, 'unsaved-two')
    expect(await asksBeforeLeaving(page)).toBe(true)
    await page.goBack()
    await save(page)
    await said(page, 'Your profile is saved.')
    expect(await asksBeforeLeaving(page)).toBe(false)
  })

  test('is not for the next person in the tab, who can leave unasked', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-three')
    await bio(page).fill('Only mine.')
    await page.route('**/trpc/profile.update*', (route) => route.abort(), { times: 3 })
    await save(page)
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    await discardBySigningOut(page)
    await page.getByRole('link', { name: 'Sign up' }).click()
    await fillSignUp(page, newcomer('Carol'))
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('button', { name: 'Account of Carol' }).click()
    await page.getByRole('menuitem', { name: 'Settings' }).click()
    expect(await bio(page).inputValue()).toBe('')
    await page.getByLabel('Role').fill('Carol')
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.getByLabel('Role').fill('')
    expect(await asksBeforeLeaving(page)).toBe(false)
  })

  test('is let go of by signing out, for whoever says so', async () => {
    const { page } = await on.visit()
    const person = await signUpAs(page, 'unsaved-seven')
    await bio(page).fill('Not to be kept.')
    await discardBySigningOut(page)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, person)
    await page.waitForURL('/settings')
    expect(await bio(page).inputValue()).toBe('')
    expect(await asksBeforeLeaving(page)).toBe(false)
  })

  test('is saved by trying again, where it had been and only the answer was lost', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-eight')
    await page.route(
      '**/trpc/profile.update*',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    // As a phone's keyboard types it.
    await page.getByLabel('Role').fill('Baker ')
    await bio(page).fill('Saved once.')
    await save(page)
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, 'Your profile is saved.')
  })

  test('is told of where it was taken back while it was saved, and only the answer was lost', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-eleven')
    let lose = () => {}
    const lost = new Promise<void>((resolve) => {
      lose = resolve
    })
    const answered = new Promise<void>((resolve) => {
      void page.route(
        '**/trpc/profile.update*',
        async (route) => {
          await route.fetch()
          resolve()
          await lost
          await route.abort()
        },
        { times: 1 },
      )
    })
    await bio(page).fill('Saved.')
    await save(page)
    await answered
    await bio(page).fill('')
    lose()
    const problem = page.getByRole('alert').filter({ hasText: 'The service did not answer.' })
    await problem.waitFor()
    await expect.poll(() => bio(page).inputValue()).toBe('Saved.')
    await problem.getByRole('button', { name: 'Try again' }).click()
    await said(page, 'Your profile is saved, except what you typed since.')
    expect(await bio(page).inputValue()).toBe('')
    await save(page)
    await said(page, 'Your profile is saved.')
    const row = await on.site.database.prisma.profile.findFirst({ where: { usernameKey: 'unsaved-eleven' } })
    expect(row).toMatchObject({ bio: '' })
  })

  test('does not tell again why it was not saved, over what is told of a claim since', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-nine')
    await page.route('**/trpc/profile.update*', (route) => route.abort())
    await bio(page).fill('Not saved yet.')
    await save(page)
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    await page.getByRole('link', { name: 'Dibs, home' }).click()
    await renameTo(page, 'unsaved-ten')
    await page.waitForURL('/settings')
    expect(await bio(page).inputValue()).toBe('Not saved yet.')
    expect(await page.getByRole('alert').count()).toBe(0)
    await said(page, 'You are @unsaved-ten now.')
  })

  test('stays what it is when an earlier save is answered after a look at another page', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-four')
    const slow = await hold(page, 'profile.update')
    await bio(page).fill('Sent')
    await save(page)
    await slow.arrived
    await look(page, 'unsaved-four')
    await page.goBack()
    await bio(page).fill('Sent, and more')
    slow.letGo()
    await said(page, 'Your profile is saved, except what you typed since.')
    expect(await bio(page).inputValue()).toBe('Sent, and more')
  })

  test('stands in the preview under the name that one has by now', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'unsaved-five')
    await bio(page).fill('Not saved yet.')
    await renameTo(page, 'unsaved-six')
    const preview = page.getByRole('complementary', { name: 'Preview' })
    await preview.getByText('@unsaved-six').waitFor()
    await preview.getByText('Not saved yet.').waitFor()
  })
})
