import { describe, expect, test } from 'vitest'
import { FORMS } from '../support/cluster-forms.ts'
import { clusterOf, TWO_NODES } from '../support/cluster-pieces.ts'

describe('an input is told from its content', () => {
  test.each(FORMS)('$row', ({ text, kind, took }) => {
    const cluster = clusterOf({ 'foo.txt': text, 'nodes.json': TWO_NODES })
    const input = cluster.inputs.find(({ file }) => file === 'foo.txt')
    expect(input?.kind).toBe(kind)
    expect(input?.note).not.toBe('')
    if (took === undefined) expect(input?.note).toMatch(/recognised|nothing|none|entr|setting|rule/)
    else expect(took(cluster)).toBe(true)
  })

  test.each(FORMS)('$row, with CRLF, colours and a byte order mark', ({ text, kind, took }) => {
    const dressed = `\ufeff${text.replace(/^(\S)/, '\u001b[1m$1\u001b[0m').replaceAll('\n', '\r\n')}`
    const cluster = clusterOf({ 'foo.txt': dressed, 'nodes.json': TWO_NODES })
    expect(cluster.inputs.find(({ file }) => file === 'foo.txt')?.kind).toBe(kind)
    if (took !== undefined) expect(took(cluster)).toBe(true)
  })

  test('what is not recognised is a warning with a hint, what is known to be useless is not', () => {
    const { warnings } = clusterOf({ a: 'Dear reader', b: '0:\tfrom all lookup local\n', c: 'table ip nat {\n}\n' })
    expect(warnings.map(({ code, file }) => [code, file])).toEqual([
      ['metadata-unrecognised', 'a'],
      ['metadata-unrecognised', 'c'],
    ])
    expect(warnings[1]?.message).toMatch(/iptables-save/)
  })
})
