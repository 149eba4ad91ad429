import type { Page } from 'playwright-core'

/** Has the settings of a page wait a second for what they would wait 15 for. */
export async function impatientInSettings(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { setTimeout } = window
    const sooner = (ms: number) => (ms === 15_000 && location.pathname === '/settings' ? 1_000 : ms)
    window.setTimeout = ((then: () => void, ms: number) => setTimeout(then, sooner(ms))) as typeof setTimeout
  })
}
