import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { claimField, signUp } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'
import { webDir } from './support/site.ts'

/** What the front page may make a browser fetch and run before it shows, in bytes, gzipped. */
const mostInitialJs = 150 * 1000

describe.skipIf(withoutBrowser)('the delivery of the web app', () => {
  const on = onSite()

  test('keeps the JavaScript of the first page within its budget', async () => {
    const html = await readFile(join(webDir, 'index.html'), 'utf8')
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, file = '']) => file)
    const sizes = await Promise.all(
      files.map(async (file) => gzipSync(await readFile(join(webDir, file))).length),
    )
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(files.length).toBeGreaterThan(0)
    expect(total).toBeLessThanOrEqual(mostInitialJs)

    // What the page says it needs is all that it fetches at first.
    const { page } = await on.visit()
    const fetched: string[] = []
    page.on('request', (request) => {
      if (request.resourceType() === 'script') fetched.push(new URL(request.url()).pathname)
    })
    // The other pages are fetched a while later.
    await page.clock.install()
    await page.clock.pauseAt(Date.now() + 60_000)
    await page.goto('/')
    await claimField(page).waitFor()
    expect(fetched.toSorted()).toEqual(files.toSorted())
  })

  test('has what the front page loads compiled early, and nothing else', async () => {
    const html = await readFile(join(webDir, 'index.html'), 'utf8')
    const scripts = (await readdir(join(webDir, 'assets'))).filter((name) => name.endsWith('.js'))
    const marked = await Promise.all(
      scripts.map(async (name) => {
        const text = await readFile(join(webDir, 'assets', name), 'utf8')
        return text.startsWith('//# allFunctionsCalledOnLoad\n') ? [name] : []
      }),
    )
    expect(marked.flat().length).toBeLessThan(scripts.length)
    expect(marked.flat()).toEqual(scripts.filter((name) => html.includes(`/assets/${name}"`)))
  })

  test('sends every script and style compressed', async () => {
    const { page } = await on.visit()
    const encodings = new Map<string, string | undefined>()
    page.on('response', (response) => {
      const kind = response.request().resourceType()
      if (['document', 'script', 'stylesheet'].includes(kind))
        encodings.set(new URL(response.url()).pathname, response.headers()['content-encoding'])
    })
    await page.goto('/')
    await claimField(page).waitFor()
    expect(encodings.size).toBeGreaterThan(2)
    for (const [, encoding] of encodings) expect(['br', 'gzip']).toContain(encoding)
  })

  test('runs under a policy that reports what breaks it', async () => {
    const { page, complaints } = await on.visit()
    const response = await page.goto('/')
    const policy = response?.headers()['content-security-policy'] ?? ''
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'"]) {
      expect(policy.split(';')).toContain(directive)
    }
    await claimField(page).waitFor()
    expect(complaints).toEqual([])

    await page.evaluate(() => {
      const style = document.createElement('style')
      style.textContent = 'body { color: red }'
      document.head.append(style)
    })
    await expect.poll(() => complaints.filter((text) => text.startsWith('policy: style-src'))).toHaveLength(1)
    complaints.length = 0
  })

  test('says on the first screen that it needs scripts, where there are none', async () => {
    const { page } = await on.visit({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
    await page.goto('/')
    const box = await page.locator('.noscript').boundingBox()
    expect(box?.y).toBeLessThan(370)
  })

  test('fetches a page again that could not be fetched before, for whoever comes back to it', async () => {
    const { page, complaints } = await on.visit()
    await page.route('**/assets/SignIn-*.js', (route) => route.abort())
    await page.goto('/')
    const toSignIn = page.getByRole('banner').getByRole('link', { name: 'Sign in' })
    await toSignIn.click()
    await page.getByRole('heading', { name: 'This page broke.' }).waitFor()
    expect(complaints).toEqual([expect.stringContaining('Failed to fetch dynamically imported module')])
    complaints.length = 0
    await page.unroute('**/assets/SignIn-*.js')
    await page.goBack()
    await toSignIn.click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
  })

  test('says so when a page cannot be fetched, and offers to load it again', async () => {
    const { page, complaints } = await on.visit()
    await page.route('**/assets/SignIn-*.js', (route) => route.abort())
    await page.goto('/signin')
    await page.getByRole('heading', { name: 'This page broke.' }).waitFor()
    expect(complaints).toEqual([expect.stringContaining('Failed to fetch dynamically imported module')])
    complaints.length = 0
    await page.unroute('**/assets/SignIn-*.js')
    await page.getByRole('link', { name: 'Load it again' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
  })

  test('leads to the settings when the menu of the account cannot be fetched', async () => {
    const { page, complaints } = await on.visit()
    await signUp(page)
    await page.route('**/assets/AccountMenu-*.js', (route) => route.abort())
    await page.reload()
    const link = page.getByRole('link', { name: 'Settings of Somebody New' })
    await link.waitFor()
    await claimField(page).waitFor()
    expect(complaints).toEqual([expect.stringContaining('Failed to fetch dynamically imported module')])
    complaints.length = 0
    await page.unroute('**/assets/AccountMenu-*.js')
    await link.click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.getByRole('button', { name: 'Account of Somebody New' }).waitFor()
  })

  test('has a favicon, a manifest and fonts that are found', async () => {
    const { page } = await on.visit()
    const missing: string[] = []
    page.on('response', (response) => {
      if (response.status() >= 400) missing.push(response.url())
    })
    await page.goto('/')
    await claimField(page).waitFor()
    await page.evaluate(() => document.fonts.ready)
    const fonts = await page.evaluate(() => [...document.fonts].map(({ family, status }) => [family, status]))
    expect(fonts.map(([family = '', status]) => [family.replaceAll('"', ''), status])).toEqual([
      ['Figtree', 'loaded'],
      ['Bricolage Grotesque', 'loaded'],
    ])
    for (const path of ['/favicon.svg', '/manifest.webmanifest']) {
      expect((await page.request.get(path)).status()).toBe(200)
    }
    expect(missing).toEqual([])
  })
})
