import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { said, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('a notice', () => {
  const on = onSite()

  test('is told anew each time, in the same words too', async () => {
    const { page } = await on.visit({ permissions: ['clipboard-read', 'clipboard-write'] })
    await signUpAs(page, 'told-thrice')
    await page.goto('/@told-thrice')
    const copy = page.getByRole('button', { name: 'Copy link' })
    await copy.click()
    await said(page, 'The link is copied.')
    const told = await page.evaluateHandle(() => {
      const texts: string[] = []
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
          texts.push(...[...addedNodes].map((node) => node.textContent ?? ''))
      }).observe(document.querySelector('.notices [role=status]') as Element, { childList: true })
      return texts
    })
    for (const times of [1, 2]) {
      await copy.click()
      await expect
        .poll(() => told.jsonValue())
        .toEqual(Array.from({ length: times }, () => 'The link is copied.'))
    }
  })
})
