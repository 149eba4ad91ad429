import { setTimeout } from 'node:timers/promises'
import type { Browser, CDPSession } from 'playwright-core'

/** A tab in a profile of its own that nothing is injected into, and nothing inspects. */
export interface BareTab {
  readonly send: CDPSession['send']
  close(): Promise<void>
}

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/**
 * Opens a tab as a visitor's is. In a page of Playwright's the protocol's Runtime domain is on, for which V8
 * parses a script anew when it makes an `Error`, as React's does where it begins; and there is a second world
 * of JavaScript in it.
 */
export async function openBareTab(browser: Browser): Promise<BareTab> {
  const root = await browser.newBrowserCDPSession()
  const { browserContextId } = await root.send('Target.createBrowserContext')
  const { targetId } = await root.send('Target.createTarget', { url: 'about:blank', browserContextId })
  // Flattened, its messages would go to a session that Playwright knows nothing of.
  const { sessionId } = await root.send('Target.attachToTarget', { targetId, flatten: false })
  await atRest(root)
  const waiting = new Map<number, (answer: Answer) => void>()
  root.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer: Answer = JSON.parse(message)
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
  })

  async function ask(method: string, params: unknown): Promise<unknown> {
    const id = waiting.size + 1
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    await root.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method, params }),
    })
    const { result, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }

  return {
    send: ask as CDPSession['send'],
    async close() {
      await root.send('Target.disposeBrowserContext', { browserContextId })
      await root.detach()
    },
  }
}

/** Waits until the browser has opened its window, which runs scripts of its own in the first second. */
async function atRest(root: CDPSession): Promise<void> {
  let before = Number.NEGATIVE_INFINITY
  for (let left = 40; left > 0; left -= 1) {
    const { processInfo } = await root.send('SystemInfo.getProcessInfo')
    const cpuSeconds = processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
    if (cpuSeconds - before < 0.01) return
    before = cpuSeconds
    await setTimeout(250)
  }
  throw new Error('the browser does not come to rest')
}
