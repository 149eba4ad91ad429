import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Response } from 'playwright-core'
import { launchBrowser } from '../web/support/browser.ts'
import { openBareTab } from './bare-tab.ts'
import type { Cleanup } from './cleanup.ts'
import { startEmbedded } from './servers/embedded.ts'

/** As Chromium's own "fast 4G", on a processor a quarter as fast. */
const throttle = { megabits: 9, latencyMs: 60, processor: 4 }

/** What the first visit of the front page takes. */
export interface WebCosts {
  /** All JavaScript that is loaded until the page can be used, each file gzipped. */
  readonly scriptBytes: number
  /** As it went over the network. */
  readonly transferredBytes: number
  /** From the start of the navigation until the claim can be typed, in milliseconds, visit by visit. */
  readonly interactiveMs: readonly number[]
  readonly throttle: string
}

export async function measureWeb(
  { visits, say }: { visits: number; say: (line: string) => void },
  cleanup: Cleanup,
): Promise<WebCosts> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dibs-bench-web-'))
  cleanup.add(() => rm(dataDir, { recursive: true, force: true }))
  const { url } = await startEmbedded(dataDir, { path: '/healthz', statuses: [200] }, cleanup)
  const browser = await launchBrowser()
  cleanup.add(() => browser.close())
  const sizes = await measureSizes(browser, url)
  const interactiveMs: number[] = []
  for (let turn = 1; turn <= visits; turn += 1) {
    const ms = await measureVisit(browser, url)
    interactiveMs.push(ms)
    say(`${turn} of ${visits}: front page, ${Math.round(ms)} ms until it can be used`)
  }
  return {
    ...sizes,
    interactiveMs,
    throttle: `${throttle.megabits} Mbit/s, ${throttle.latencyMs} ms, processor ${throttle.processor}× slower`,
  }
}

/** The field of the claim, once it can be typed in. */
const field = 'main input:not([disabled])'

async function measureSizes(browser: Browser, url: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const scripts: Response[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response)
  })
  const cdp = await context.newCDPSession(page)
  let transferredBytes = 0
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    transferredBytes += encodedDataLength
  })
  await cdp.send('Network.enable')
  await page.goto(url)
  await page.waitForSelector(field)
  const sizes = await Promise.all(scripts.map(async (script) => gzipSync(await script.body()).length))
  await context.close()
  return { scriptBytes: sizes.reduce((sum, size) => sum + size, 0), transferredBytes }
}

/** When the field is there, and the browser has time for it. */
const whenInteractive = `globalThis.interactive = new Promise((resolve) => {
  new MutationObserver((_, observer) => {
    if (document.querySelector('${field}') === null) return
    observer.disconnect()
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
  }).observe(document, { childList: true, subtree: true })
})`

async function measureVisit(browser: Browser, url: string): Promise<number> {
  const tab = await openBareTab(browser)
  await tab.send('Page.enable')
  await tab.send('Network.enable')
  await tab.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: throttle.latencyMs,
    downloadThroughput: (throttle.megabits * 1e6) / 8,
    uploadThroughput: (throttle.megabits * 1e6) / 8,
  })
  await tab.send('Emulation.setCPUThrottlingRate', { rate: throttle.processor })
  await tab.send('Page.addScriptToEvaluateOnNewDocument', { source: whenInteractive })
  await tab.send('Page.navigate', { url })
  const { result } = await tab.send('Runtime.evaluate', { expression: 'interactive', awaitPromise: true })
  await tab.close()
  if (typeof result.value !== 'number')
    throw new Error(`the front page did not say when: ${result.description}`)
  return result.value
}
