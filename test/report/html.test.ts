import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodePage } from '../../src/report/html/encode.ts'
import { html } from '../../src/report/html/html.ts'
import type { Report } from '../../src/report/report.ts'
import { HAS_CHROMIUM, launchChromium } from '../support/report-browser.ts'
import { flow, leak, NODE, OUTSIDE, POD, render, report, verdict } from '../support/report-fixtures.ts'

const HOSTILE = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">"'&\u0000\u001b[31m\u202egnp.exe\u2028`

function manyFlows(n: number): Report {
  const verdicts = Array.from({ length: n }, (_, i) => {
    const id = i + 1
    const at = { id, startSec: 42988 + (id % 600), endSec: 42989 + (id % 600) }
    if (id % 20 === 0) return leak(id, { flow: flow({ ...at, source: { ip: POD.ip, port: 1024 + (id % 60_000) } }) })
    const destination = { ip: `172.17.0.${id % 250}`, port: 443 }
    return verdict({
      flow: flow({ ...at, destination }),
      source: NODE,
      destination: { ...OUTSIDE, ip: destination.ip },
    })
  })
  const findings = [
    {
      code: 'NODE_SET_INCOMPLETE',
      severity: 'error' as const,
      message: 'the node set lacks 172.17.0.5',
      subject: 'cilium_node_set_v4',
      sources: [{ file: 'ipset.txt', line: 3 }],
      flows: [20, 40],
      confirm: 'ipset list',
    },
  ]
  return report(verdicts, { findings })
}

describe('encodePage()', () => {
  test('stores what repeats once', () => {
    const page = encodePage(manyFlows(1000))
    expect(page.rows).toHaveLength(1000)
    expect(page.ends.length).toBeLessThan(400)
    expect(page.points).toHaveLength(1)
    expect(page.texts.length).toBeLessThan(50)
  })

  test('keeps a hundred thousand flows small', () => {
    const text = render(html, manyFlows(100_000))
    expect(text.length).toBeLessThan(25_000_000)
  }, 60_000)
})

test('html() lets nothing out of its data block', () => {
  const text = render(html, report([verdict({ source: { ...POD, name: HOSTILE } })]))
  const block = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)?.[1] ?? ''
  expect(JSON.parse(block).ends[0].who).toContain('<script>window.pwned=1</script>')
  expect(block).not.toContain('<')
  expect(text).not.toMatch(/[\u0000\u001b\u202e\u2028]/)
})

describe.skipIf(!HAS_CHROMIUM)('in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masqcheck-html-'))
  let browser: Browser
  const problems: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(of: Report, hash = ''): Promise<Page> {
    problems.length = 0
    const file = join(folder, 'report.html')
    writeFileSync(file, render(html, of))
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
    page.on('console', (message) => problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) problems.push(`request to ${request.url()}`)
    })
    await page.goto(`${pathToFileURL(file).href}${hash}`)
    return page
  }

  test('loads without an error, shows counts and causes', async () => {
    const page = await open(manyFlows(60))
    await expect.poll(() => page.locator('.card.contradiction .number').textContent()).toBe('3')
    expect(await page.locator('.cause h3').first().textContent()).toContain(
      'MASQUERADE_MISSING: pod address kept although the settings masquerade it (2 flows)',
    )
    expect(await page.locator('#timeline').getAttribute('aria-label')).toContain('60 flows from 11:56:')
    expect(problems).toEqual([])
    await page.close()
  }, 60_000)

  test('filters by words, by verdict, by cause and by an edge of the map', async () => {
    const page = await open(manyFlows(60))
    const count = () => page.locator('#count').textContent()
    await page.fill('#filter', 'default/curl')
    await expect.poll(count).toBe('3 flows of 60')
    await page.fill('#filter', 'nothing like it')
    await expect.poll(count).toBe('0 flows of 60')
    await expect.poll(() => page.locator('#no-rows').isVisible()).toBe(true)
    await page.fill('#filter', '')
    await page.selectOption('#verdict', { label: 'contradiction' })
    await expect.poll(count).toBe('3 flows of 60')
    await page.locator('.cause button').first().click()
    await expect.poll(count).toBe('2 flows of 60')
    await page.locator('#only-clear').click()
    await page.selectOption('#verdict', { label: 'all' })
    await page.locator('.edge.bad').focus()
    await page.keyboard.press('Enter')
    await expect.poll(count).toBe('3 flows of 60')
    await page.close()
  }, 60_000)

  test('sorts by a column, both ways, and says so', async () => {
    const page = await open(manyFlows(60))
    const first = () => page.locator('.rows .row').first().locator('.cell.id').textContent()
    const head = page.locator('[role=columnheader].id')
    expect(await first()).toBe('20')
    await head.locator('button').click()
    await expect.poll(first).toBe('1')
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    await head.locator('button').click()
    await expect.poll(first).toBe('60')
    expect(await head.getAttribute('aria-sort')).toBe('descending')
    await page.close()
  }, 60_000)

  test('is walked and opened with the keyboard alone', async () => {
    const page = await open(manyFlows(60))
    await page.locator('.rows .row[tabindex="0"]').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.locator('#detail-title').textContent()).toBe('Flow 40: MASQUERADE_MISSING')
    expect(await page.locator('#detail table.trace tr.decided').textContent()).toContain('local-endpoint')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('#detail').isVisible()).toBe(false)
    await expect.poll(() => page.evaluate('document.activeElement.dataset.position')).toBe('1')
    await page.keyboard.press('End')
    await expect.poll(() => page.evaluate('document.activeElement.dataset.position')).toBe('59')
    await page.close()
  }, 60_000)

  test('shows what other settings would change, and that nothing was judged', async () => {
    const whatIf = { settings: ['routing-mode=tunnel'], changes: [{ before: verdict(), after: leak(1) }] }
    const page = await open(report([verdict()], { whatIf, unjudged: true }))
    expect(await page.locator('#what-if').textContent()).toMatch(/With routing-mode=tunnel.*MASQUERADE_MISSING/)
    expect(await page.locator('#unjudged').isVisible()).toBe(true)
    expect(await page.locator('.card').count()).toBe(0)
    await page.close()
  }, 60_000)

  test.each([1280, 400])(
    'fits %i pixels without scrolling sideways',
    async (width) => {
      const page = await open(manyFlows(60))
      await page.setViewportSize({ width, height: 800 })
      // The drawings follow the new width in the next frame, so the size is polled.
      for (const box of ['html', '#rows-viewport']) {
        const overflow = () =>
          page.evaluate(
            `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('${box}'))`,
          )
        await expect.poll(overflow).toBe(0)
      }
      await page.close()
    },
    60_000,
  )

  test('opens a flow named in the address', async () => {
    const page = await open(manyFlows(60), '#flow-20')
    expect(await page.locator('#detail-title').textContent()).toBe('Flow 20: MASQUERADE_MISSING')
    await page.close()
  }, 60_000)

  test('shows hostile strings as text everywhere', async () => {
    const hostile = { ...POD, name: HOSTILE, basis: HOSTILE }
    const evidence = [{ kind: 'ttl' as const, detail: HOSTILE, confidence: 'low' as const }]
    const bad = leak(1, { source: hostile, destination: hostile, because: [HOSTILE], impact: HOSTILE, evidence })
    const finding = {
      code: HOSTILE,
      severity: 'error' as const,
      message: HOSTILE,
      subject: HOSTILE,
      sources: [{ file: HOSTILE }],
      flows: [1],
      confirm: HOSTILE,
    }
    const expectations = [{ name: HOSTILE, status: 'failed' as const, message: HOSTILE, flows: [1] }]
    const page = await open(report([bad], { findings: [finding, { ...finding, flows: [] }], expectations }))
    await page.locator('.rows .row').first().click()
    await page.fill('#filter', '<script>', { force: true })
    expect(await page.evaluate('window.pwned')).toBeUndefined()
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('#detail').textContent()).toContain('</script><script>window.pwned=1</script>')
    expect(await page.locator('#detail').textContent()).toContain('\\u{202e}gnp.exe')
    expect(problems).toEqual([])
    await page.close()
  }, 60_000)

  test('stays quick with 50 000 flows', async () => {
    const page = await open(manyFlows(50_000))
    expect(await page.locator('#count').textContent()).toBe('50,000 flows')
    expect(await page.locator('.rows .row').count()).toBeLessThan(100)
    const timed = async (act: () => Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await act()
      return performance.now() - started
    }
    const sort = await timed(() => page.locator('[role=columnheader].source button').click())
    const scroll = await timed(() => page.evaluate('document.getElementById("rows-viewport").scrollTop = 1e6'))
    const filter = await timed(async () => {
      await page.fill('#filter', 'default/curl')
      await expect
        .poll(() => page.locator('#count').textContent(), { interval: 20, timeout: 20_000 })
        .toBe('2,500 flows of 50,000')
    })
    // Generous: machines that run tests are busy. Making every row at once takes minutes.
    for (const took of [sort, scroll, filter]) expect(took).toBeLessThan(8000)
    expect(problems).toEqual([])
    await page.close()
  }, 120_000)

  test('prints the flows as a list, without controls', async () => {
    const page = await open(manyFlows(60))
    await page.emulateMedia({ media: 'print' })
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))')
    await expect.poll(() => page.locator('.rows .row').count()).toBe(60)
    await expect.poll(() => page.locator('#filter').isVisible()).toBe(false)
    await page.close()
  }, 60_000)

  test('has dark colours of its own', async () => {
    const page = await open(manyFlows(3))
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await background()).not.toBe(light)
    await page.locator('#theme').click()
    expect(await background()).toBe(light)
    await page.close()
  }, 60_000)
})
