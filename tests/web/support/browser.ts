import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The browser to drive, if this machine has one. */
const executablePath = places.find((place) => place && existsSync(place))

/** Whether there is no browser, so that nothing of the web app can be tested. */
export const withoutBrowser = executablePath === undefined
if (withoutBrowser) {
  process.stdout.write('\nWeb app NOT covered: no Chromium found. Set CHROMIUM_PATH to one.\n\n')
}

/** What Playwright turns off: of several such lists Chromium takes the last. */
const offForPlaywright = [
  ...['AimEnabled', 'AvoidCorsURLLoaderRestartOnRedirect', 'AvoidUnnecessaryBeforeUnloadCheckSync'],
  ...['DestroyProfileOnBrowserClose', 'HttpsFirstBalancedModeAutoEnable', 'HttpsUpgrades', 'LensOverlay'],
  ...['MediaRouter', 'NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding', 'PreconnectToSearch'],
  'ThirdPartyStoragePartitioning',
]
/** The address bar's pop-up, a page of each window's own, which takes as long as all else in it. */
const addressBar = ['WebUIOmniboxAimPopup', 'WebUIOmniboxPopup']

export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('no Chromium')
  const args = [`--disable-features=${[...offForPlaywright, ...addressBar]}`]
  // Chromium's own sandbox cannot be set up by root, which is who tests run as in containers.
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  return chromium.launch({ executablePath, args })
}

/** A browser window of somebody's own: cookies and storage are theirs. */
export interface Visit {
  readonly page: Page
  /** Everything that went wrong behind the page: policy violations, errors, defects of the server. */
  readonly complaints: string[]
  newTab(): Promise<Page>
  close(): Promise<void>
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', ...options })
  context.setDefaultTimeout(30_000)
  const complaints: string[] = []
  await context.exposeFunction('complain', (text: string) => complaints.push(text))
  await context.addInitScript(`
    addEventListener('securitypolicyviolation', (event) =>
      complain('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile))`)

  async function newTab() {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack}`))
    page.on('console', (message) => {
      // The browser itself notes every refusal and every lost connection there; those are part of the tests.
      if (message.text().startsWith('Failed to load resource')) return
      if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`)
    })
    return page
  }

  return { page: await newTab(), complaints, newTab, close: () => context.close() }
}
