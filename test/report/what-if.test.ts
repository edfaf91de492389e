import { expect, test } from 'vitest'
import { FORMATS, type FormatName } from '../../src/report/index.ts'
import { decision, OPTIONS, report, verdict } from '../support/report-fixtures.ts'

const before = verdict()
const after = verdict({
  verdict: 'contradiction',
  code: 'MASQUERADE_UNEXPECTED',
  expected: decision({ action: 'preserve', address: null, addresses: [], rule: 'exclusion-cidr' }),
})
const whatIf = { settings: ['ipv4-native-routing-cidr=172.17.0.0/16'], changes: [{ before, after }] }

async function text(name: FormatName, of: object): Promise<string> {
  const render = await FORMATS[name].load()
  return [...render(report([before], of), OPTIONS)].join('')
}

test.each(['table', 'markdown', 'html', 'github', 'json', 'ndjson'] as const)('%s shows both sides', async (name) => {
  const shown = (await text(name, { whatIf })).replaceAll('\\', '')
  for (const part of ['ipv4-native-routing-cidr=172.17.0.0/16', 'MASQUERADE_UNEXPECTED', 'exclusion-cidr'])
    expect(shown).toContain(part)
  expect(await text(name, {})).not.toContain('ipv4-native-routing-cidr=172.17.0.0/16')
})

test.each(['table', 'markdown', 'html', 'github'] as const)('%s says that nothing would change', async (name) => {
  const shown = await text(name, { whatIf: { settings: ['a=b'], changes: [] } })
  expect(shown).toContain('0 flows would be decided otherwise, 0 verdicts would change')
})

test.each(['markdown', 'github'] as const)('%s does not call flows right that nothing could judge', async (name) => {
  const shown = await text(name, { unjudged: true })
  expect(shown).toContain('no cluster metadata was given')
  expect(shown).not.toContain('✅')
})
