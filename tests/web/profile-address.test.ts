import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { renameTo, said, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('the address of a profile', () => {
  const on = onSite()

  async function someone(...[first = '', ...later]: string[]) {
    const { page } = await on.visit()
    await signUpAs(page, first)
    for (const name of later) await renameTo(page, name)
    return (await on.visit()).page
  }

  test('that came with something of the text around it is the name alone', async () => {
    const page = await someone('addressed', 'AddressedNow')
    for (const written of ['/@AddressedNow%20', '/@addressednow.', '/@AddressedNow!)?from=mail']) {
      await page.goto(written)
      await page.getByRole('heading', { name: 'Somebody New' }).waitFor()
      const [path = '', query] = written.replace(/(?:%20|[.!)])+/, '').split('?')
      await expect.poll(() => page.url().replace(on.site.url, '')).toBe(query ? `${path}?${query}` : path)
    }
    await page.goto('/@addressed.?from=mail')
    await said(page, '@addressed goes by @AddressedNow now.')
    await expect.poll(() => page.url().replace(on.site.url, '')).toBe('/@AddressedNow?from=mail')
  })

  test('that cannot be read is no name that anybody can have', async () => {
    const { page } = await on.visit()
    await page.goto('/@%E0%A4%A')
    await page.getByRole('heading', { name: 'Nobody can have that name.' }).waitFor()
  })

  test('tells nobody of a move that was none', async () => {
    const page = await someone('never-moved')
    await page.goto('/@never-moved?from=mail&was=somebody')
    await page.getByRole('heading', { name: 'Somebody New' }).waitFor()
    await page.waitForURL('/@never-moved?from=mail')
    const asked = page.waitForResponse((answer) => answer.url().includes('profile.get'))
    await page.goto('/@never-moved?was=somebody-else')
    await asked
    await page.getByRole('heading', { name: 'Somebody New' }).waitFor()
    expect(await page.getByText('goes by').count()).toBe(0)
  })

  test('is in the title of the window while the profile loads', async () => {
    const page = await someone('slow-one')
    await page.goto('/nowhere')
    const slow = await hold(page, 'profile.get')
    await page.evaluate(() => history.pushState(null, '', '/@slow-one'))
    await slow.arrived
    await expect.poll(() => page.title()).toBe('@slow-one · Dibs')
    slow.letGo()
    await page.getByRole('heading', { name: 'Somebody New' }).waitFor()
    expect(await page.title()).toContain('Somebody New')
  })
})
