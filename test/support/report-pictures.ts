// Remakes the pictures of docs/pictures: `npm run build && npx tsx test/support/report-pictures.ts`, with Chromium, tmux and ImageMagick installed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { launchChromium } from './report-browser.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PICTURES = join(ROOT, 'docs/pictures')
const EXAMPLE = 'captures/lab-rule-missing'
const [COLUMNS, LINES] = [100, 32]

/** What a terminal of that size shows of the first lines a command prints, with its colours. */
async function screen(command: string): Promise<string> {
  const tmux = (...argv: string[]) => execFileSync('tmux', ['-L', 'pictures', ...argv], { cwd: ROOT, encoding: 'utf8' })
  tmux('new-session', '-d', '-x', String(COLUMNS), '-y', '200', `${command}; echo END; sleep 60`)
  try {
    for (let tries = 0; tries < 100; tries++) {
      await setTimeout(200)
      const lines = tmux('capture-pane', '-e', '-p').split('\n')
      if (lines.some((line) => line.startsWith('END'))) return lines.slice(0, LINES).join('\n')
    }
    throw new Error(`${command} does not end`)
  } finally {
    tmux('kill-server')
  }
}

const CLASSES: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow' }

/** Colours of a terminal as elements: the few that the table uses. */
function asHtml(text: string): string {
  let on: string[] = []
  const parts = text.split(/\x1b\[([\d;]*)m/).map((part, i) => {
    if (i % 2 === 0)
      return `<span class="${on.join(' ')}">${part.replace(/[&<]/g, (c) => `&#${c.charCodeAt(0)};`)}</span>`
    for (const code of part.split(';')) {
      if (code === '' || code === '0') on = []
      else if (code === '22') on = on.filter((name) => name !== 'bold' && name !== 'dim')
      else if (code === '39') on = on.filter((name) => name === 'bold' || name === 'dim')
      else on.push(CLASSES[code] ?? '')
    }
    return ''
  })
  return `<style>body{margin:0;background:#16181d;display:inline-block}pre{margin:14px 18px;font:14px/1.25 monospace;color:#d8dce3}
    .bold{font-weight:700}.dim{color:#8b93a1}.red{color:#ff7b86}.green{color:#56d364}.yellow{color:#e3b341}</style><pre>${parts.join('')}</pre>`
}

async function shootTerminal(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } })
  const prompt = `$ masqcheck ${EXAMPLE}\n`
  await page.setContent(asHtml(prompt + (await screen(`node bin/masqcheck.js ${EXAMPLE}`))))
  await page.locator('body').screenshot({ path: join(PICTURES, 'terminal.png') })
  await page.close()
}

async function shootReport(browser: Browser, folder: string): Promise<void> {
  const file = join(folder, 'report.html')
  // Status 1 says that there are contradictions, as there should be.
  execFileSync('sh', ['-c', `node bin/masqcheck.js ${EXAMPLE} -q -o '${file}' || test $? = 1`], { cwd: ROOT })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme })
    await page.goto(`${pathToFileURL(file).href}${colorScheme === 'dark' ? '#flow-2' : ''}`)
    await setTimeout(500)
    await page.screenshot({ path: join(PICTURES, `report-${colorScheme}.png`) })
    await page.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'masqcheck-pictures-'))
const browser = await launchChromium()
try {
  mkdirSync(PICTURES, { recursive: true })
  await shootTerminal(browser)
  await shootReport(browser, folder)
  // A palette is enough for text, and a third of the size.
  execFileSync('mogrify', ['-colors', '96', '-strip', ...readdirSync(PICTURES).map((name) => join(PICTURES, name))])
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
