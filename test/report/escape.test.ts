import { describe, expect, test } from 'vitest'
import {
  escapeGithubMessage,
  escapeGithubProperty,
  escapeHtml,
  escapeMarkdown,
  escapeTerminal,
  escapeXml,
  escapeZeek,
  jsonText,
  markdownCode,
} from '../../src/report/escape.ts'
import fc from '../support/property.ts'

const rows: [string, (text: string) => string, string, string][] = [
  ['colour sequence', escapeTerminal, '\x1b[31mred', '\\x1b[31mred'],
  ['8-bit CSI', escapeTerminal, '\x9b31m', '\\x9b31m'],
  ['line feed', escapeTerminal, 'a\nb', 'a\\x0ab'],
  ['right-to-left override', escapeTerminal, 'a\u202eb', 'a\\u{202e}b'],
  ['zero-width space', escapeTerminal, 'a\u200bb', 'a\\u{200b}b'],
  ['tag character', escapeTerminal, '\u{e0041}', '\\u{e0041}'],
  ['lone surrogate', escapeTerminal, 'a\ud800b', 'a\\u{d800}b'],
  ['names of any script stay', escapeTerminal, 'café 東京 🐝', 'café 東京 🐝'],
  ['markup', escapeHtml, '<script>alert("x&y\')</script>', '&lt;script&gt;alert(&quot;x&amp;y&#39;)&lt;/script&gt;'],
  ['what XML forbids', escapeXml, 'a\u0000b\uffff', 'a\\x00b\\u{ffff}'],
  ['table cell', escapeMarkdown, 'a|b*c*[x](y)', 'a\\|b\\*c\\*\\[x\\]\\(y\\)'],
  ['HTML in Markdown', escapeMarkdown, '<img src=x>', '&lt;img src=x&gt;'],
  ['code span with backticks', (text) => markdownCode(text), 'a`b', '`` a`b ``'],
  ['code span in a list', (text) => markdownCode(text), 'iptables-save | grep x', '`iptables-save | grep x`'],
  ['code span in a table', (text) => markdownCode(text, true), 'a|b', '`a\\|b`'],
  ['pipe behind a backslash in a table', (text) => markdownCode(text, true), 'a\\|b', 'a\\\\\\|b'],
  ['annotation', escapeGithubMessage, '50%\r\nnext', '50%25%0D%0Anext'],
  ['annotation property', escapeGithubProperty, 'a:b,c', 'a%3Ab%2Cc'],
  ['TSV field', escapeZeek, 'a\tb\\c', 'a\\x09b\\x5cc'],
]

test.each(rows)('%s', (_, escaped, text, expected) => {
  expect(escaped(text)).toBe(expected)
})

describe('nothing acts on a terminal', () => {
  const active = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
  test.each([escapeTerminal, escapeHtml, escapeXml, jsonText])('%o', (escaped) => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !active.test(escaped(text))))
  })
})

test('jsonText() means what JSON.stringify() means, also indented', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      expect(JSON.parse(jsonText(value, 2))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
  expect(jsonText({ a: '\u{e0041}\x7f' })).toBe('{"a":"\\udb40\\udc41\\u007f"}')
})
