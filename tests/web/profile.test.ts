import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { accentStyle, contrast, rgbOf } from '../../client/web/profile/accent.ts'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { claimButton, claimField, renameTo, said, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('profiles in the browser', () => {
  const on = onSite()

  async function save(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Save profile' }).click()
  }

  /** Follows a link within the app. */
  async function follow(page: Page, path: string): Promise<void> {
    await page.evaluate((to) => history.pushState(null, '', to), path)
  }

  test('a former name leads to the current one, and leaves no trace in the history', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'smith')
    await renameTo(page, 'AgentSmith')

    const { page: strangers } = await on.visit()
    await strangers.goto('/nowhere')
    await strangers.goto('/@smith')
    await said(strangers, '@smith goes by @AgentSmith now.')
    expect(strangers.url().replace(on.site.url, '')).toBe('/@AgentSmith')
    await strangers.getByRole('heading', { level: 1, name: 'Somebody New' }).waitFor()
    await strangers.goBack()
    await strangers.waitForURL('/nowhere')

    await follow(strangers, '/@smith')
    await strangers.waitForURL('/@AgentSmith')
    await said(strangers, '@smith goes by @AgentSmith now.')
    await strangers.getByRole('heading', { level: 1, name: 'Somebody New' }).waitFor()
    expect(await strangers.getByRole('alert').count()).toBe(0)
    await strangers.goBack()
    await strangers.waitForURL('/nowhere')
  })

  test('a former name that its owner went back to is found there by whoever saw it move', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'twin-one')
    await renameTo(page, 'twin-two')
    const { page: strangers } = await on.visit()
    await strangers.goto('/nowhere')
    await follow(strangers, '/@twin-one')
    await said(strangers, '@twin-one goes by @twin-two now.')
    await renameTo(page, 'twin-one')
    await follow(strangers, '/@twin-one')
    await strangers.getByRole('article').getByText('@twin-one').waitFor()
    expect(new URL(strangers.url()).pathname).toBe('/@twin-one')
  })

  test('nobody’s name can be claimed from where its profile would be', async () => {
    const { page } = await on.visit()
    await page.goto('/@ghost')
    await page.getByRole('heading', { name: 'Nobody is @ghost.' }).waitFor()
    await page.getByRole('button', { name: 'Claim @ghost' }).click()
    await page.waitForURL('/')
    expect(await claimField(page).inputValue()).toBe('ghost')
  })

  test('a name that nobody has says first whether it can be had', async () => {
    const { page } = await on.visit()
    const held = await hold(page, 'profile.checkUsername')
    await page.goto('/@admin')
    const main = page.getByRole('main')
    await held.arrived
    expect(await main.getByRole('button').innerText()).toBe('See whether it is free')
    held.letGo()
    await said(page, '@admin is reserved.')
    await main.getByRole('link', { name: 'Find another name' }).click()
    await page.waitForURL('/')
    expect(await claimField(page).inputValue()).toBe('')

    await page.goto('/@casper')
    await said(page, '@casper is available.')
    await main.getByRole('button', { name: 'Claim @casper' }).waitFor()
  })

  test('a name that nobody can have is told apart from one that nobody has', async () => {
    const { page } = await on.visit()
    await page.goto('/@no.dots')
    await page.getByText('Username can only contain letters, numbers, hyphens, and underscores').waitFor()
  })

  test('a profile that does not load says so, and loads when asked again', async () => {
    const { page: owner } = await on.visit()
    await signUpAs(owner, 'link')
    const { page } = await on.visit()
    await page.route('**/trpc/profile.get*', (route) => route.abort())
    await page.goto('/@link')
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    await page.unroute('**/trpc/profile.get*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Somebody New' }).waitFor()
  })

  /** Two tabs with the same settings open; the second one has saved a role and a bio. */
  async function twoTabs(username: string): Promise<Page> {
    const { page: mine, newTab } = await on.visit()
    await signUpAs(mine, username)
    await mine.getByLabel('Bio').fill('Mine')
    const theirs = await newTab()
    await theirs.goto('/settings')
    await theirs.getByLabel('Bio').fill('Theirs')
    await theirs.getByLabel('Role').fill('Oracle')
    await save(theirs)
    await said(theirs, 'Your profile is saved.')
    await save(mine)
    const alert = mine.getByRole('alert').filter({ hasText: 'Your profile was changed elsewhere' })
    await alert.getByText('Yours: Mine').waitFor()
    expect(await mine.getByLabel('Bio').inputValue()).toBe('Mine')
    return mine
  }

  test('a profile changed in another tab can be kept as typed here, on top of what changed there', async () => {
    const mine = await twoTabs('oracle1')
    await mine.getByRole('button', { name: 'Keep mine on top' }).click()
    await said(mine, 'Your profile is saved.')
    expect(await mine.getByLabel('Bio').inputValue()).toBe('Mine')
    expect(await mine.getByLabel('Role').inputValue()).toBe('Oracle')
    const row = await on.site.database.prisma.profile.findFirst({ where: { usernameKey: 'oracle1' } })
    expect(row).toMatchObject({ bio: 'Mine', role: 'Oracle' })
  })

  test('a profile changed in another tab can be loaded instead', async () => {
    const mine = await twoTabs('oracle2')
    await mine.getByRole('button', { name: 'Load theirs' }).click()
    expect(await mine.getByLabel('Bio').inputValue()).toBe('Theirs')
    const row = await on.site.database.prisma.profile.findFirst({ where: { usernameKey: 'oracle2' } })
    expect(row).toMatchObject({ bio: 'Theirs', role: 'Oracle' })
  })

  test('what is typed while a profile is being saved stays, to be saved next', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'seraph')
    const slow = await hold(page, 'profile.update')
    await page.getByLabel('Bio').fill('Guardian')
    await page.getByLabel('Company').fill('The Oracle')
    await page.getByLabel('Pronouns').fill(' he/him ')
    await save(page)
    await slow.arrived
    await page.getByLabel('Bio').fill('Guardian of the Oracle')
    await page.getByLabel('Company').fill('')
    await page.getByLabel('Role').fill('Guardian')
    slow.letGo()
    await said(page, 'Your profile is saved, except what you typed since.')
    const typed = { bio: 'Guardian of the Oracle', company: '', role: 'Guardian', pronouns: 'he/him' }
    for (const [name, value] of Object.entries(typed)) {
      expect(await page.locator(`[name=${name}]`).inputValue()).toBe(value)
    }
    const row = () => on.site.database.prisma.profile.findFirst({ where: { usernameKey: 'seraph' } })
    expect(await row()).toMatchObject({ bio: 'Guardian', company: 'The Oracle', role: '' })
    await save(page)
    await said(page, 'Your profile is saved.')
    expect(await row()).toMatchObject(typed)
  })

  test('a first claim in another tab is no change to ask about', async () => {
    const { page: mine, newTab } = await on.visit()
    await signUp(mine)
    await mine.goto('/settings')
    await mine.getByLabel('Bio').fill('Still typing')
    const theirs = await newTab()
    await theirs.goto('/')
    await claimField(theirs).fill('rama-kandra')
    await claimButton(theirs).click()
    await said(theirs, '@rama-kandra is yours.')
    await save(mine)
    await said(mine, 'Your profile is saved.')
    const row = await on.site.database.prisma.profile.findFirst({ where: { usernameKey: 'rama-kandra' } })
    expect(row).toMatchObject({ bio: 'Still typing' })
  })

  test('what is too long is said at the field before it is sent', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'keymaker')
    await page.getByLabel('Pronouns').fill('x'.repeat(41))
    await save(page)
    await page.getByText('Use at most 40 characters').waitFor()
    expect(await page.getByLabel('Pronouns').evaluate((field) => field === document.activeElement)).toBe(true)
  })
})

describe('an accent colour', () => {
  test('is readable as text, and under text, on both themes, whichever it is', () => {
    const channel = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'))
    const colour = fc.tuple(channel, channel, channel).map((rgb) => `#${rgb.join('')}`)
    const ratio = (a = '', b = '') => contrast(rgbOf(a), rgbOf(b))
    fc.assert(
      fc.property(colour, (accent) => {
        const style = accentStyle(accent)
        expect(ratio(style['--on-accent'], accent)).toBeGreaterThanOrEqual(4.5)
        expect(ratio(style['--accent-text-light'], '#ffffff')).toBeGreaterThanOrEqual(4.5)
        expect(ratio(style['--accent-text-dark'], '#1a1d23')).toBeGreaterThanOrEqual(4.5)
      }),
      { numRuns: 2000 },
    )
  })
})
