import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../src/audit/verdict.ts'
import { escapeTerminal } from '../../src/report/escape.ts'
import { FORMATS, type FormatName } from '../../src/report/index.ts'
import type { Report } from '../../src/report/report.ts'
import { show } from '../../src/report/show.ts'
import fc from '../support/property.ts'
import { capture, decision, flow, leak, OPTIONS, OUTSIDE, POD, report, verdict } from '../support/report-fixtures.ts'

/** What each format could be broken by, and what moves, hides or colours text in a terminal. */
const FRAGMENTS = [
  ...['\u0000', '\u0007', '\b', '\t', '\n', '\r', '\r\n', '\u001b[31m', '\u001b]0;title\u0007', '\u009b2J', '\u007f'],
  ...['\u202e', '\u2066', '\u200b', '\ufeff', '\u2028', '\u{e0041}', '\ud800', '\udc00', '\ufffe'],
  ...['<script>alert(1)</script>', '</script>', '<!--', ']]>', '<![CDATA[', '&amp;', '"', "'", '&#x1b;', '<b>'],
  ...['::error::x', '\n::error::x', '%0A::error', '::', ',', ':', '|', '`', '```', '[x](http://x)', '![x](y)', '@user'],
  ...[
    '#1',
    '# SKIP',
    '\nnot ok 9',
    '  ...',
    '\\',
    '\\x41',
    '*',
    '_',
    '~~',
    '{{7*7}}',
    '\u6771\u4eac',
    '\u00e9',
    'name',
    ' ',
  ],
]
const hostile = fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))

/** A report with a text in every place that a capture, metadata or a command line can fill. */
function reportWith(text: string): Report {
  const end = { ...POD, name: text, node: text, basis: text, source: { file: text, line: 7 } }
  const trace = [{ rule: 'local-endpoint', matched: true, detail: text, source: { file: text, line: 3 } }]
  const expected = decision({ node: text, trace, assumptions: [text] })
  const some: Partial<Verdict> = {
    source: end,
    destination: { ...OUTSIDE, name: text, basis: text },
    expected,
    because: [text],
    impact: text,
    point: { kind: 'external', name: text, interface: text, side: 'after', basis: text, assumed: false },
    evidence: [{ kind: 'ttl', detail: text, confidence: 'low', packets: [{ file: text, record: 1 }] }],
  }
  const named = flow({
    id: 2,
    source: { ip: text, port: 1, isName: true },
    destination: { ip: text, port: 2, isName: true },
  })
  const bad = leak(1, some)
  const finding = {
    code: 'node-set-missing',
    severity: 'error' as const,
    message: text,
    subject: text,
    sources: [{ file: text, line: 1 }],
    confirm: text,
  }
  const of = report([bad, verdict({ ...some, flow: named, verdict: 'inconclusive' })], {
    captures: [capture({ name: text, files: [text] })],
    findings: [{ ...finding, flows: [1] }, finding],
    expectations: (['passed', 'failed', 'unmatched'] as const).map((status) => ({
      name: text,
      status,
      message: text,
      flows: [1],
    })),
    whatIf: { settings: [text], changes: [{ before: bad, after: verdict(some) }] },
  })
  return { ...of, summary: { ...of.summary, warnings: [{ code: 'damaged', file: text, message: text }] } }
}

async function renderer(name: FormatName): Promise<(text: string) => string> {
  const render = await FORMATS[name].load()
  return (text) => [...render(reportWith(text), OPTIONS)].join('')
}

/** Holds for many texts. */
function always(check: (text: string) => void): void {
  const property = fc.property(hostile, (text) => {
    // What a matcher returns is no answer.
    check(text)
  })
  fc.assert(property, { numRuns: 60 })
}

const lines = (text: string): string[] => text.split('\n')

describe.each(Object.keys(FORMATS) as FormatName[])('%s', (name) => {
  test('puts out nothing that acts on a terminal or hides', { timeout: 60_000 }, async () => {
    const render = await renderer(name)
    // Markdown puts U+2060 into what would become a link or a mention; Zeek separates columns by tabs.
    const wanted = name === 'zeek' ? '\t\n' : '\u2060\n'
    const active = new RegExp(`(?![${wanted}])[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]`, 'u')
    always((text) => expect(active.exec(render(text))).toBeNull())
  })
})

describe.each(['json', 'ndjson', 'zeek-json', 'sarif'] as const)('%s', (name) => {
  test('stays JSON', async () => {
    const render = await renderer(name)
    const documents = (text: string) => (name === 'json' || name === 'sarif' ? [text] : lines(text.trimEnd()))
    const count = documents(render('x')).length
    always((text) => {
      const parsed = documents(render(text)).map((each) => JSON.parse(each))
      expect(parsed).toHaveLength(count)
    })
  })
})

test('json and ndjson say what they were given', async () => {
  const [json, ndjson] = await Promise.all([renderer('json'), renderer('ndjson')])
  always((text) => {
    expect(JSON.parse(json(text)).flows[0].source.name).toBe(text)
    expect(JSON.parse(lines(ndjson(text))[1] ?? '').source.name).toBe(text)
  })
})

test('zeek keeps its columns', async () => {
  const render = await renderer('zeek')
  always((text) => {
    const rows = lines(render(text).trimEnd())
    expect(rows).toHaveLength(lines(render('x').trimEnd()).length)
    for (const row of rows.filter((each) => !each.startsWith('#'))) expect(row.split('\t')).toHaveLength(24)
  })
})

test('github emits its own commands only, each with what was said', async () => {
  const render = await renderer('github')
  const count = lines(render('x')).length
  always((text) => {
    const commands = lines(render(text).trimEnd())
    expect(commands).toHaveLength(count - 1)
    for (const command of commands) {
      expect(command).toMatch(/^::(?:error|warning|notice) (?:title|file|line)=[^:,]*(?:,(?:file|line)=[^:,]*)*::/)
    }
    const title = /title=([^,]*?)(?:,|::)/.exec(
      commands.find((command) => command.includes('expectation failed')) ?? '',
    )?.[1]
    const decoded = decodeURIComponent(title?.replace(/%(?!25|0A|0D|2C|3A)/g, '%25') ?? '')
    expect(decoded).toBe(`expectation failed: ${escapeTerminal(text)}`)
  })
})

// A section's end that came twice was once taken apart only once.
test('junit keeps any number of ends of CDATA inside', async () => {
  const render = await renderer('junit')
  const bare = render(']]> ]]> ]]>').replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
  expect(bare.replace(/"[^"]*"/g, '')).not.toContain(']]>')
})

test('junit has the same elements whatever the text', async () => {
  const render = await renderer('junit')
  const outline = (xml: string): string[] => {
    const bare = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')
    // What is left beside markup is a text that got out.
    expect(bare.replace(/<[^<>"]*(?:"[^<"]*"[^<>"]*)*>/g, '').trim()).toBe('')
    return [...bare.matchAll(/<\/?[\w?-]+/g)].map(([tag]) => tag)
  }
  const expected = outline(render('x'))
  always((text) => expect(outline(render(text))).toEqual(expected))
})

test('tap keeps its plan and its lines', async () => {
  const render = await renderer('tap')
  const shape = (text: string) =>
    lines(text).map(
      (line) => /^(?:TAP version 14|1\.\.\d+|# |ok \d+ - |not ok \d+ - | +(?:---|\.\.\.|\w+:| - ")|$)/.exec(line)?.[0],
    )
  const directive = /^(?:not )?ok.*[^\\]# *(?:SKIP|TODO)/i
  const skipped = lines(render('x')).filter((line) => directive.test(line)).length
  always((text) => {
    const written = render(text)
    expect(shape(written)).toEqual(shape(render('x')))
    expect(lines(written).filter((line) => directive.test(line))).toHaveLength(skipped)
  })
})

test('markdown keeps its tables and lets no markup in', async () => {
  const render = await renderer('markdown')
  // GFM takes rows apart at pipes without a backslash before it looks for code spans.
  const pipes = (line: string) => line.replace(/\\./g, '').split('|').length
  const tables = (text: string) =>
    lines(text)
      .filter((line) => line.startsWith('|'))
      .map(pipes)
  const expected = tables(render('x'))
  always((text) => {
    const written = render(text)
    expect(tables(written)).toEqual(expected)
    const outside = lines(written).map(outsideCode).join('\n')
    expect(outside.replace(/<\/?(?:details|summary)>/g, '')).not.toMatch(/<|\]\(|@\w|:\/\//)
  })
})

/** What of a line is neither inside a code span nor behind a backslash; CommonMark 0.31 §6.1. */
function outsideCode(line: string): string {
  let outside = ''
  for (let at = 0; at < line.length; ) {
    const fence = /^`+/.exec(line.slice(at))?.[0]
    if (fence !== undefined) {
      const rest = line.slice(at + fence.length)
      const close = new RegExp(`(?<!\`)${fence}(?!\`)`).exec(rest)
      at += fence.length + (close === null ? 0 : close.index + fence.length)
    } else if (line[at] === '\\') {
      at += 2
    } else {
      outside += line[at++]
    }
  }
  return outside
}

test('html holds the text as data and nothing else', async () => {
  const render = await renderer('html')
  const frame = (page: string) => page.replace(/(id="data">).*?(<\/script>)/s, '$1$2')
  const expected = frame(render('x'))
  always((text) => {
    const page = render(text)
    expect(frame(page)).toBe(expected)
    const data = JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? '')
    expect(data.captures[0].name).toBe(escapeTerminal(text))
  })
})

test('show lets nothing act on a terminal', () => {
  always((text) => {
    const of = reportWith(text)
    const [first] = of.flows as Verdict[]
    if (first === undefined) throw new Error('no flow')
    const written = [...show(first, of, { width: 80, color: false, quote: () => text })].join('')
    expect(written).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  })
})
