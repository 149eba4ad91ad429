import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { impatientInSettings } from './support/impatient.ts'
import { claimButton, claimField, renameTo, said, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('names in the settings', () => {
  const on = onSite()

  function held(page: Page) {
    return page.getByRole('list', { name: 'Held for you' }).getByRole('listitem')
  }

  function history(page: Page) {
    return page.getByRole('list', { name: 'Name history' }).getByRole('listitem').locator('> :first-child')
  }

  async function giveUp(page: Page, username: string): Promise<void> {
    await page.getByRole('button', { name: `Give up @${username}…` }).click()
    await page.getByRole('button', { name: `Give up @${username}`, exact: true }).click()
  }

  test('a name that is given up is held, leads nowhere, and is taken back', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'sparks')
    await page.getByRole('button', { name: 'Give up @sparks…' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Give up @sparks?' })
    await dialog.getByText('@sparks is held for you until').waitFor()
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: '@sparks' }).waitFor()

    await giveUp(page, 'sparks')
    await said(page, 'You gave up @sparks. It is held for you until')
    await page.getByText('You have none. Claim one').waitFor()
    await page.getByRole('button', { name: 'Account of Somebody New' }).waitFor()
    expect(await page.getByRole('button', { name: /^Give up/ }).count()).toBe(0)
    const { page: strangers } = await on.visit()
    await strangers.goto('/@sparks')
    await strangers.getByRole('heading', { name: 'Nobody is @sparks.' }).waitFor()

    await page.getByRole('button', { name: 'Take back @sparks' }).click()
    await said(page, '@sparks is yours.')
    await page.getByText('None. A name that you rename yourself from').waitFor()
    expect(await claimField(page).inputValue()).toBe('')
    expect(await history(page).allInnerTexts()).toEqual([
      'Claimed @sparks',
      'Gave up @sparks',
      'Claimed @sparks',
    ])
    const row = await on.site.database.prisma.username.findUnique({ where: { key: 'sparks' } })
    expect(row).toMatchObject({ heldUntil: null })
  })

  test('a former name is taken back in place of the current one, which is held in turn', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'ajaxon')
    await renameTo(page, 'tyndall')
    expect(await held(page).allInnerTexts()).toEqual([expect.stringMatching(/^@ajaxon\s+until /)])
    await page.getByRole('button', { name: 'Take back @ajaxon' }).click()
    await said(page, 'You are @ajaxon now. @tyndall keeps leading to you, and is held for you until')
    await expect.poll(() => held(page).allInnerTexts()).toEqual([expect.stringMatching(/^@tyndall\s+until /)])
    expect(await history(page).allInnerTexts()).toEqual([
      'Renamed from @tyndall to @ajaxon',
      'Renamed from @ajaxon to @tyndall',
      'Claimed @ajaxon',
    ])
  })

  test('a name that cannot be taken back any more is told so in the form, with others to pick', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'bane')
    await renameTo(page, 'bane-smith')
    const { page: rival } = await on.visit()
    await signUp(rival)
    const { prisma } = on.site.database
    await prisma.username.update({ where: { key: 'bane' }, data: { heldUntil: new Date() } })
    await claimField(rival).fill('bane')
    await claimButton(rival).click()
    await said(rival, '@bane is yours.')

    await page.getByRole('button', { name: 'Take back @bane' }).click()
    await page.getByRole('alert').filter({ hasText: 'Somebody else has @bane.' }).waitFor()
    expect(await claimField(page).inputValue()).toBe('bane')
    await page
      .getByRole('button', { name: /^Pick / })
      .first()
      .waitFor()
  })

  test('a name that was given up in another tab is not given up twice', async () => {
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'maggie')
    const other = await newTab()
    await other.goto('/settings')
    await giveUp(other, 'maggie')
    await said(other, 'You gave up @maggie.')
    await giveUp(page, 'maggie')
    await said(page, 'You do not go by @maggie any more.')
    await page.getByText('You have none. Claim one').waitFor()
  })

  test('a name that could not be given up is told so in the dialog, and is given up when asked again', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'roland')
    await page.route('**/trpc/profile.releaseUsername*', (route) => route.abort())
    await giveUp(page, 'roland')
    await page.getByRole('alertdialog').getByRole('alert').getByText('The service did not answer.').waitFor()
    await page.unroute('**/trpc/profile.releaseUsername*')
    await page.getByRole('button', { name: 'Give up @roland', exact: true }).click()
    await said(page, 'You gave up @roland.')
  })

  test('a name that is on its way to be given up is not kept by leaving the dialog', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'kid')
    const slow = await hold(page, 'profile.releaseUsername')
    await giveUp(page, 'kid')
    await slow.arrived
    const dialog = page.getByRole('alertdialog', { name: 'Give up @kid?' })
    expect(await dialog.getByRole('button', { name: 'Keep it' }).isDisabled()).toBe(true)
    for (const _ of [1, 2, 3]) {
      await page.keyboard.press('Escape')
      await expect.poll(() => dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
    }
    slow.letGo()
    await said(page, 'You gave up @kid.')
    expect(await dialog.count()).toBe(0)
  })

  test('giving up a name that is not answered in time can be called off again', async () => {
    const { page } = await on.visit()
    await impatientInSettings(page)
    await signUpAs(page, 'choi')
    await page.route('**/trpc/profile.releaseUsername*', () => {})
    await giveUp(page, 'choi')
    const dialog = page.getByRole('alertdialog', { name: 'Give up @choi?' })
    await dialog.getByRole('alert').getByText('The service did not answer.').waitFor()
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'detached' })
  })

  test('a name that was given up is told so at once, whatever else is still to be read', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'hamish')
    await page.route(/profile\.me/, () => {})
    await giveUp(page, 'hamish')
    await said(page, 'You gave up @hamish.')
    await page.getByText('You have none. Claim one').waitFor()
  })

  test('what administrators did is told as theirs', async () => {
    const { page } = await on.visit()
    const person = await signUpAs(page, 'merv')
    const { prisma } = on.site.database
    const { id } = await prisma.user.findUniqueOrThrow({ where: { email: person.email } })
    await prisma.$queryRaw`SELECT * FROM reserve_username('frenchman', NULL, NULL, 'kept', NULL, 'admin', NULL)`
    await prisma.$queryRaw`SELECT * FROM transfer_username('frenchman', ${id}, '', 90, 'admin', NULL)`
    await prisma.$queryRaw`SELECT * FROM free_username('merv', 90, false, 'admin', NULL)`
    await prisma.$queryRaw`SELECT * FROM free_username('frenchman', 90, false, 'admin', NULL)`
    await page.reload()
    await history(page).first().waitFor()
    expect(await history(page).allInnerTexts()).toEqual([
      '@frenchman was given up for you by an administrator, and held for you',
      '@merv was taken from you by an administrator',
      'Renamed from @merv to @frenchman by an administrator',
      'Claimed @merv',
    ])
  })

  test('a history is empty at first, loads visibly, and goes on page by page', async () => {
    const { page } = await on.visit()
    await signUp(page)
    const slow = await hold(page, 'profile.usernameHistory')
    await page.goto('/settings')
    await slow.arrived
    await page.getByRole('region', { name: 'Name history' }).getByText('Loading…').waitFor()
    slow.letGo()
    await page.getByText('Nothing yet. Your first claim will be the first line here.').waitFor()

    await claimField(page).fill('oracle')
    await claimButton(page).click()
    await said(page, '@oracle is yours.')
    for (const capitals of Array.from({ length: 6 }, (_, at) => at)) {
      const spelt = `oracl${capitals % 2 === 0 ? 'E' : 'e'}`
      await claimField(page).fill(spelt)
      await claimButton(page).click()
      await page.getByRole('link', { name: `@${spelt}`, exact: true }).waitFor()
    }
    await renameTo(page, 'spoonboy')
    await renameTo(page, 'redpill')
    const latest = ['Renamed from @spoonboy to @redpill', 'Renamed from @oracle to @spoonboy']
    await expect.poll(() => history(page).allInnerTexts()).toEqual([...latest, ...respellings])
    await page.route('**/trpc/profile.usernameHistory*', (route) => route.abort())
    await page.getByRole('button', { name: 'Show more' }).click()
    const again = page
      .getByRole('region', { name: 'Name history' })
      .getByRole('button', { name: 'Try again' })
    await again.waitFor()
    await page.unroute('**/trpc/profile.usernameHistory*')
    await again.click()
    await expect
      .poll(() => history(page).allInnerTexts())
      .toEqual([...latest, ...respellings, 'Claimed @oracle'])
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toContain('Claimed @oracle')
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
  })

  const respellings = ['e', 'E', 'e', 'E', 'e', 'E'].map((end) => `Changed the capitals to @oracl${end}`)

  test('a history that does not load says so, and loads when asked again', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'rama')
    await page.route('**/trpc/**usernameHistory*', (route) => route.abort())
    await page.reload()
    const section = page.getByRole('region', { name: 'Name history' })
    await section.getByText('The service did not answer.').waitFor()
    expect(await page.getByRole('alert').count()).toBe(1)
    await page.unroute('**/trpc/**usernameHistory*')
    await section.getByRole('button', { name: 'Try again' }).click()
    await history(page).getByText('Claimed @rama').waitFor()
  })
})
