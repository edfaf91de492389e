import { expect, test } from 'vitest'
import { undoDamage } from '../../../src/capture/tcpdump-text/damage.ts'

test.each([
  ['plain', 'IP 1.1.1.1.1 > 2.2.2.2.2: Flags [S]', 'IP 1.1.1.1.1 > 2.2.2.2.2: Flags [S]'],
  ['colours', 'IP \x1b[01;31m\x1b[K1.1.1.1\x1b[m\x1b[K.1', 'IP 1.1.1.1.1'],
  ['window title', '\x1b]0;root@node: /\x07root@node', 'root@node'],
  ['window title ended by ST', '\x1b]0;root\x1b\\x', 'x'],
  ['bracketed paste', '# \x1b[?2004htcpdump\x1b[?2004l', '# tcpdump'],
  ['no-break spaces', '1\u00a0>\u202f2\u2007x', '1 > 2 x'],
  ['zero-width characters', '\u200b11:56\ufeff', '11:56'],
  ['entities', '1 &gt; 2 &#62; &amp; &NBSP;x', '1 > 2 > &  x'],
  ['entities where the line has its own', 'a > b: GET /?a&gt;b', 'a > b: GET /?a&gt;b'],
  ['an overwritten counter', 'Got 5\rtcpdump: x', 'tcpdump: x'],
  ['control characters', 'a\x00b\x08c\x7f', 'abc'],
  ['tabs stay', '\tIP', '\tIP'],
])('undoDamage(): %s', (_, line, expected) => {
  expect(undoDamage(line)).toBe(expected)
})
