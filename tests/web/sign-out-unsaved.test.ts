import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { pressSignOut, said, signOut, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('signing out with a profile that is not saved', () => {
  const on = onSite()

  /** Somebody who typed into a field of theirs, went elsewhere, and pressed Sign out there. */
  async function asked(username: string, field: string, text: string) {
    const { page } = await on.visit()
    await signUpAs(page, username)
    await page.getByLabel(field).fill(text)
    await page.getByRole('link', { name: 'Dibs, home' }).click()
    await page.getByRole('heading', { name: 'Call dibs on your name.' }).waitFor()
    await pressSignOut(page)
    const dialog = page.getByRole('alertdialog', { name: 'Your profile has changes that are not saved' })
    await dialog.waitFor()
    return { page, dialog }
  }

  const isIn = (page: Page) => page.getByRole('button', { name: /^Account of/ }).waitFor()
  const row = (usernameKey: string) => on.site.database.prisma.profile.findFirst({ where: { usernameKey } })

  test('is asked about, and not done by whoever stays', async () => {
    const { page, dialog } = await asked('leave-one', 'Bio', 'Typed.')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await isIn(page)
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Account of @leave-one')
    await page.goBack()
    expect(await page.getByLabel('Bio').inputValue()).toBe('Typed.')
  })

  test('saves it first for whoever asks for that', async () => {
    const { page, dialog } = await asked('leave-two', 'Bio', 'Kept.')
    await dialog.getByRole('button', { name: 'Save and sign out' }).click()
    await said(page, 'You are signed out.')
    expect(await row('leave-two')).toMatchObject({ bio: 'Kept.' })
  })

  test.each([
    {
      username: 'leave-three',
      field: 'Pronouns',
      text: 'x'.repeat(41),
      problem: 'Use at most 40 characters',
    },
    { username: 'leave-four', field: 'Bio', text: 'Kept.', problem: 'The service did not answer.' },
  ])('leads to the form where it cannot be saved: $problem', async ({ username, field, text, problem }) => {
    const { page, dialog } = await asked(username, field, text)
    await page.route('**/trpc/profile.update*', (route) => route.abort())
    await dialog.getByRole('button', { name: 'Save and sign out' }).click()
    await page.waitForURL('/settings')
    await page.getByText(problem).waitFor()
    expect(await page.getByLabel(field).inputValue()).toBe(text)
    await isIn(page)
  })

  test('is not done by whoever stays while it is being saved', async () => {
    const { page, dialog } = await asked('leave-six', 'Bio', 'Kept.')
    const slow = await hold(page, 'profile.update')
    await dialog.getByRole('button', { name: 'Save and sign out' }).click()
    await slow.arrived
    await dialog.getByRole('button', { name: 'Stay' }).click()
    await dialog.waitFor({ state: 'detached' })
    slow.letGo()
    await said(page, 'Your profile is saved.')
    await isIn(page)
    await page.goto('/settings')
    await page.getByLabel('Bio').waitFor()
  })

  test('is asked about once, not again with the next thing that is typed', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'leave-seven')
    await page.getByLabel('Bio').fill('Kept.')
    const slow = await hold(page, 'profile.update')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await slow.arrived
    await pressSignOut(page)
    const dialog = page.getByRole('alertdialog')
    await dialog.waitFor()
    slow.letGo()
    await dialog.waitFor({ state: 'detached' })
    await page.getByLabel('Bio').fill('Kept. More.')
    expect(await dialog.count()).toBe(0)
  })

  test('is done at once where nothing is', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'leave-five')
    await page.getByLabel('Bio').fill('Typed.')
    await page.getByLabel('Bio').fill('')
    await signOut(page)
  })
})
