import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's Chromium; playwright's own download is not used. */
export const CHROMIUM = '/usr/bin/chromium'
export const HAS_CHROMIUM: boolean = existsSync(CHROMIUM)

/** Starts a browser that reaches no network. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
