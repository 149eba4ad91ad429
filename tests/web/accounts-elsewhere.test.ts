import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { claimField } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('where accounts are kept elsewhere', () => {
  const on = onSite({ authenticate: async () => null })

  test('the front page offers no claim that nobody could make', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await page.getByText('Nobody signs in on these pages.').waitFor()
    expect(await claimField(page).count()).toBe(0)
    expect(await page.getByRole('navigation', { name: 'Account' }).getByRole('link').count()).toBe(0)
  })

  test.each(['/signin', '/signup', '/settings'])('%s says so', async (path) => {
    const { page } = await on.visit()
    await page.goto(path)
    await page.getByRole('heading', { name: 'Your account is elsewhere.' }).waitFor()
    expect(await page.getByLabel('Password').count()).toBe(0)
    await page.getByRole('link', { name: 'Go home' }).click()
    await page.getByText('Nobody signs in on these pages.').waitFor()
  })

  test('profiles are shown', async () => {
    const { prisma } = on.site.database
    await prisma.username.create({ data: { key: 'elsewhere', display: 'Elsewhere' } })
    const { page } = await on.visit()
    await page.goto('/@nobody-here')
    await page.getByRole('heading', { name: 'Nobody is @nobody-here.' }).waitFor()
  })
})
