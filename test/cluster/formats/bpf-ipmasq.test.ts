import { expect, test } from 'vitest'
import { clusterFrom } from '../../support/cluster-pieces.ts'

/** The realised list, beside a configuration that turns the agent on. */
const realised = (text: string): string[] =>
  clusterFrom(text, { masquerade: 'bpf', settings: ['enable-ip-masq-agent=true'] })
    .ipMasqAgent.effective.map(({ cidr }) => cidr.text)
    .sort()

test.each([
  ['text, with blanks behind', 'IP PREFIX/ADDRESS   \n10.0.0.0/8          \n172.16.0.0/12       \n'],
  ['JSON of newer releases', '["10.0.0.0/8","172.16.0.0/12"]'],
  [
    'JSON of older releases, the mask in base64',
    '[{"IP":"10.0.0.0","Mask":"/wAAAA=="},{"IP":"172.16.0.0","Mask":"//AAAA=="}]',
  ],
])('%s is the list in force', (_form, text) => {
  expect(realised(text)).toEqual(['10.0.0.0/8', '172.16.0.0/12'])
})

test('an IPv6 mask is read in its own length', () => {
  expect(realised('[{"IP":"fe80::","Mask":"/8AAAAAAAAAAAAAAAAAAAA=="}]')).toEqual(['fe80::/10'])
})
