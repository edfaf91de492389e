import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import { MasqcheckError } from '../../src/core/errors.ts'
import { FORMS } from '../support/cluster-forms.ts'
import { clusterFrom, TWO_NODES } from '../support/cluster-pieces.ts'
import fc from '../support/property.ts'

/** Reads a text beside two nodes. Anything but an error of our own escapes. */
function survives(text: string): void {
  try {
    const { addressBook, warnings } = buildCluster([
      { file: 'hostile', text },
      { file: 'nodes.json', text: TWO_NODES },
    ])
    addressBook.lookup('10.0.1.5')
    expect(Array.isArray(warnings)).toBe(true)
  } catch (error) {
    if (!(error instanceof MasqcheckError)) throw error
  }
}

describe('no text makes the reader throw anything but its own errors', { timeout: 60_000 }, () => {
  const texts = FORMS.map(({ text }) => text)

  test('every form, cut at every place', () => {
    for (const text of texts) {
      const step = Math.max(1, Math.floor(text.length / 8))
      for (let end = 0; end < text.length; end += step) survives(text.slice(0, end))
    }
  })

  test('every form with pieces replaced, repeated and moved', () => {
    const mutation = fc.record({
      base: fc.constantFrom(...texts),
      other: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 0, max: 12 }),
      junk: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('{', '[', '"', ':', '\n', '\t', '- ', '---\n', '999999999999', '-1', 'null'),
      ),
      splice: fc.boolean(),
    })
    fc.assert(
      fc.property(mutation, ({ base, other, at, length, junk, splice }) => {
        const cut = Math.floor(at * base.length)
        const middle = splice ? other.slice(Math.floor(at * other.length)) : junk
        survives(base.slice(0, cut) + middle + base.slice(cut + length))
      }),
      { numRuns: 250 },
    )
  })

  test('any JSON at all, with the keys of known forms', () => {
    const key = fc.constantFrom(
      'kind',
      'items',
      'metadata',
      'name',
      'spec',
      'status',
      'addresses',
      'podIPs',
      'ip',
      'Key',
      'Value',
      'NextHeader',
      'Addr',
      'flow',
      'IP',
      'masquerading',
      'data',
      'config',
      'ifname',
      'addr_info',
      'dst',
      'dev',
      'cidr',
      'identity',
      'primary-address',
      'ipam',
      'bpf',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('Node', 'PodList', 'List', 'ConfigMap', 'CiliumNode', 'v1', '10.0.0.1', '10.0.0.0/8'),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      map: fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        survives(JSON.stringify(value))
      }),
      { numRuns: 300 },
    )
  })
})

describe('limits', () => {
  test('YAML aliases that multiply', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(9)}]`)
      .join('\n')}\nkind: Pod\napiVersion: v1\n`
    expect(() => clusterFrom(bomb)).toThrow(/Cannot read YAML/)
  })

  test.each([
    ['brackets in JSON', '['.repeat(200_000)],
    ['closed brackets in JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['objects in JSON', '{"a":'.repeat(50_000)],
    ['a list in YAML', `apiVersion: v1\nkind: Node\na: ${'['.repeat(20_000)}`],
    ['indentation in YAML', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('%s nested without end', (_what, text) => {
    survives(text)
  })

  // Patterns that go back over what they read take minutes on such lines; the limit here is generous even for a busy machine.
  test.each([
    ['blanks', ' '.repeat(100_000)],
    ['blanks and a letter', `x${' '.repeat(100_000)}x`],
    ['digits', '1'.repeat(100_000)],
    ['dots', '1.'.repeat(50_000)],
    ['colons', 'a:'.repeat(50_000)],
    ['hyphens', 'a-'.repeat(50_000)],
    ['brackets', '[a, '.repeat(30_000)],
    ['quotes', `helm install --set ${'"\\'.repeat(40_000)}`],
    ['a prompt', `${'a@'.repeat(40_000)}$ `],
    ['a prompt with a path', `user@host:${'/a'.repeat(40_000)}`],
    ['equals signs', 'src=1 dst=2 '.repeat(10_000)],
    ['a masquerading line', `Masquerading: BPF ${'[eth0] '.repeat(20_000)}`],
    ['an iptables rule', `-A CILIUM_POST_nat ${'! -d 10.0.0.0/8 '.repeat(8_000)}-j MASQUERADE`],
    ['a table', `NAME   STATUS   ROLES   AGE   VERSION   INTERNAL-IP\n${'x   '.repeat(30_000)}`],
    ['many lines', 'no such thing\n'.repeat(60_000)],
    ['many keys', 'some-key  value\n'.repeat(30_000)],
    ['many rows', 'TCP OUT 10.0.1.5:1 -> 192.0.2.9:2 XLATE_SRC\n'.repeat(20_000)],
  ])('a text of nothing but %s is read in good time', { timeout: 20_000 }, (_what, text) => {
    const start = performance.now()
    survives(text)
    expect(performance.now() - start).toBeLessThan(8000)
  })
})

test('keys that name a prototype stay keys', () => {
  survives(
    '{"__proto__":{"polluted":1},"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"cilium-config"},"data":{"__proto__":"x","constructor":"y"}}',
  )
  survives('__proto__:\n  polluted: 1\nenable-bpf-masquerade: "true"\n')
  survives('bpf:\n  masquerade: true\n__proto__: {polluted: 1}\nextraConfig: {__proto__: {polluted: 1}}\n')
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})
