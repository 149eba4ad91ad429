import type { Locator } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { newcomer, said, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

const hebrew = { name: 'מרי כהן-לוי!', line: 'שלום לכולם! אני גר בתל אביב.' }

describe.skipIf(withoutBrowser)('text that is written from right to left', () => {
  const on = onSite()

  /** How far from the left the first and the last character of a text are painted. */
  function ends(element: Locator, text: string): Promise<{ first: number; last: number }> {
    return element.evaluate((root, wanted) => {
      const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      while (nodes.nextNode()) {
        const start = nodes.currentNode.textContent?.indexOf(wanted) ?? -1
        if (start < 0) continue
        const leftOf = (at: number) => {
          const range = document.createRange()
          range.setStart(nodes.currentNode, at)
          range.setEnd(nodes.currentNode, at + 1)
          return range.getBoundingClientRect().left
        }
        return { first: leftOf(start), last: leftOf(start + wanted.length - 1) }
      }
      throw new Error(`no ${wanted}`)
    }, text)
  }

  test('ends on its left, where it is typed and wherever it is shown', async () => {
    const { page, newTab } = await on.visit()
    await signUpAs(page, 'miri')
    const typed = {
      'Display name': hebrew.name,
      Pronouns: 'היא!',
      Role: 'מנהלת (זמנית)!',
      Company: 'חברה בע״מ!',
      Bio: `${hebrew.line}\nAnd English!`,
    }
    for (const [label, text] of Object.entries(typed)) {
      const field = page.getByLabel(label)
      await field.fill(text)
      expect(await field.evaluate((input) => getComputedStyle(input).direction), label).toBe('rtl')
    }
    await page.getByRole('button', { name: 'Save profile' }).click()
    await said(page, 'Your profile is saved.')
    const preview = page.getByRole('article')
    const theirs = await newTab()
    await theirs.goto('/@miri')
    await theirs.getByRole('heading', { name: hebrew.name }).waitFor()

    const fromTheRight = [hebrew.name, typed.Pronouns, typed.Role, typed.Company, hebrew.line]
    for (const tag of [preview, theirs.getByRole('article')]) {
      for (const text of fromTheRight) {
        const { first, last } = await ends(tag, text)
        expect(last, text).toBeLessThan(first)
      }
      const english = await ends(tag, 'And English!')
      expect(english.first).toBeLessThan(english.last)
    }

    await theirs.goto('/settings')
    await theirs.getByLabel('Bio').fill('אחר!')
    await theirs.getByRole('button', { name: 'Save profile' }).click()
    await said(theirs, 'Your profile is saved.')
    await page.getByLabel('Bio').fill('שלי!')
    await page.getByRole('button', { name: 'Save profile' }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'Your profile was changed elsewhere' })
    await alert.getByText('Yours: שלי!').waitFor()
    for (const text of ['אחר!', 'שלי!']) {
      const { first, last } = await ends(alert, text)
      expect(last, text).toBeLessThan(first)
    }
  })

  test('is cut at its end where the header has no room for a whole name', async () => {
    const { page } = await on.visit({ viewport: { width: 320, height: 600 } })
    const name = 'אלכסנדרה מרים כהן-לוי הגדולה מירושלים'
    await signUp(page, newcomer(name))
    const shown = page.locator('.account-name')
    const { first, last } = await ends(shown, name)
    const box = await shown.boundingBox()
    if (!box) throw new Error('no name in the header')
    expect(first).toBeGreaterThan(box.x)
    expect(first).toBeLessThan(box.x + box.width)
    expect(last).toBeLessThan(box.x)
  })

  test.each([
    ['one that overrides', '\u202eNeo'],
    ['one that ends an isolation, then overrides', '\u2069\u202eNeo'],
    ['one that isolates without an end', '\u2067\u2067Neo'],
  ])('turns nothing around beside a name in the title of the window: %s', async (_, displayName) => {
    const { page } = await on.visit()
    const username = `turned-${displayName.charCodeAt(0)}`
    await signUpAs(page, username)
    await page.getByLabel('Display name').fill(displayName)
    await page.getByRole('button', { name: 'Save profile' }).click()
    await said(page, 'Your profile is saved.')
    await page.goto(`/@${username}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.title()).toBe(`\u2068Neo\u2069 (@${username}) · Dibs`)
  })
})
