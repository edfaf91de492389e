import { isAscii } from '../core/ascii.ts'

/**
 * Characters that change how the text around them is shown, or that a terminal obeys: C0 and C1 controls, bidirectional
 * marks and overrides, zero-width and other invisible characters, line and paragraph separators, tags, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Text as it may be shown on a terminal: one line, each unsafe character as `\x1b` or `\u{202e}`. */
export function escapeTerminal(text: string): string {
  return text.replace(UNSAFE, visible)
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/**
 * JSON text of a value, on one line, in which no character does anything to a terminal. `JSON.stringify` escapes the C0
 * controls only; the others occur in strings alone, so that `\uXXXX` in their place means the same.
 */
export function jsonText(value: unknown, indent?: number): string {
  // Not `null`: V8's fast path wants no replacer (v8.dev/blog/json-stringify).
  const text = JSON.stringify(value, undefined, indent)
  // As nearly always, and told far quicker than by the classes of Unicode.
  if (isAscii(text) && !text.includes('\x7f')) return text
  return text.replace(UNSAFE_BUT_NEWLINE, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

// Indented JSON has line feeds between its tokens; inside strings stringify has already escaped them.
const UNSAFE_BUT_NEWLINE = new RegExp(`(?!\\n)${UNSAFE.source}`, 'gu')

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML content and quoted attribute values. */
export function escapeHtml(text: string): string {
  return escapeTerminal(text).replace(/[&<>"']/g, (character) => HTML[character] ?? '')
}

/** Text for XML built by a library that escapes markup itself: what XML 1.0 §2.2 forbids, and what misleads, made visible. */
export function escapeXml(text: string): string {
  return escapeTerminal(text).replace(/[\ufffe\uffff]/g, visible)
}

/** Text inside a Markdown line or table cell: no markup, no HTML, no link, no mention of a user or an issue. */
export function escapeMarkdown(text: string): string {
  return escapeTerminal(text)
    .replace(/[&<>]/g, (character) => HTML[character] ?? '')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replace(/@(?=\w)/g, '@\u2060')
    .replace(/:\/\//g, ':\u2060//')
    .replace(/\bwww\./gi, 'www\u2060.')
}

/**
 * Code span of Markdown that holds any text; plain text where no code span of a table can.
 *
 * @param inTable - Pipes there need a backslash even inside code, which elsewhere would show.
 */
export function markdownCode(text: string, inTable = false): string {
  // GFM would take the backslash before the pipe for one that is escaped itself, and end the cell.
  if (inTable && text.includes('\\|')) return escapeMarkdown(text)
  const safe = inTable ? escapeTerminal(text).replace(/\|/g, '\\|') : escapeTerminal(text)
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 || safe === '' ? ' ' : ''
  return `${fence}${pad}${safe}${pad}${fence}`
}

/** Message of a GitHub workflow command. */
export function escapeGithubMessage(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

/** Property value of a GitHub workflow command, such as a file name. */
export function escapeGithubProperty(text: string): string {
  return escapeGithubMessage(escapeTerminal(text)).replace(/:/g, '%3A').replace(/,/g, '%2C')
}

/** A value of Zeek's TSV: separator, line ends and the escape character itself as `\xNN`, as Zeek's ASCII writer does. */
export function escapeZeek(text: string): string {
  return escapeTerminal(text.replace(/\\/g, '\\x5c'))
}
