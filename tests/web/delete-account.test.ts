import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { impatientInSettings } from './support/impatient.ts'
import { renameTo, said, signIn, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('deleting an account in the browser', () => {
  const on = onSite()

  test('says what becomes of the names, asks for the password, and signs out', async () => {
    const { page } = await on.visit()
    const person = await signUpAs(page, 'cypher')
    await renameTo(page, 'reagan')
    await page.getByRole('button', { name: 'Delete account…' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Delete your account?' })
    await dialog.getByText('@reagan is held until').waitFor()
    const password = dialog.getByLabel('Password', { exact: true })
    expect(await password.evaluate((field) => field === document.activeElement)).toBe(true)

    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url()))
    await password.press('Enter')
    await dialog.getByText('Type your password').waitFor()
    expect(sent.filter((url) => url.includes('delete-user'))).toEqual([])
    await password.fill('not the password')
    await password.press('Enter')
    await dialog.getByText('That is not your password.').waitFor()
    await expect.poll(() => password.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Delete account…' }).click()
    expect(await password.inputValue()).toBe('')
    await password.fill(person.password)
    await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
    await page.waitForURL('/')
    await said(page, 'Your account is deleted, and you are signed out.')
    await page.getByRole('link', { name: 'Sign in' }).waitFor()

    const names = await on.site.database.prisma.username.findMany({
      where: { key: { in: ['cypher', 'reagan'] } },
      select: { heldUntil: true },
    })
    expect(names.map(({ heldUntil }) => heldUntil !== null && heldUntil > new Date())).toEqual([true, true])
    await page.goto('/@reagan')
    await page.getByRole('heading', { name: 'Nobody is @reagan.' }).waitFor()
    await page.goto('/signin')
    await signIn(page, person)
    await page.getByRole('alert').filter({ hasText: 'is not right' }).waitFor()
  })

  test('without an answer deletes nothing that the page would say is gone', async () => {
    const { page } = await on.visit()
    const person = await signUpAs(page, 'trainman')
    await page.route('**/api/auth/delete-user', (route) => route.abort())
    await page.getByRole('button', { name: 'Delete account…' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByLabel('Password', { exact: true }).fill(person.password)
    await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
    await dialog.getByRole('alert').getByText('The service did not answer.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: '@trainman' }).waitFor()
  })

  /** Asks to delete the account of somebody new, whose request then waits to be let go. */
  async function onItsWay(page: Page, username: string) {
    const person = await signUpAs(page, username)
    let letGo = () => {}
    const released = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await page.route('**/api/auth/delete-user', async (route) => {
      await released
      // The page may have given it up by now.
      await route.continue().catch(() => undefined)
    })
    await page.getByRole('button', { name: 'Delete account…' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByLabel('Password', { exact: true }).fill(person.password)
    await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
    return { person, dialog, letGo }
  }

  test('cannot be called off once it is on its way', async () => {
    const { page } = await on.visit()
    const { person, dialog, letGo } = await onItsWay(page, 'merovingian')
    await expect.poll(() => dialog.getByRole('button', { name: 'Keep it' }).isDisabled()).toBe(true)
    for (const _ of [1, 2, 3]) {
      await page.keyboard.press('Escape')
      await expect.poll(() => dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
    }
    letGo()
    await said(page, 'Your account is deleted, and you are signed out.')
    const { email } = person
    expect(await on.site.database.prisma.user.count({ where: { email } })).toBe(0)
  })

  test('that is not answered in time can be called off again', async () => {
    const { page } = await on.visit()
    await impatientInSettings(page)
    const { dialog, letGo } = await onItsWay(page, 'persephone')
    await dialog.getByRole('alert').getByText('The service did not answer.').waitFor()
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'detached' })
    letGo()
  })
})
