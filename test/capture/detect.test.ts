import { describe, expect, test } from 'vitest'
import { DETECT_LENGTH, detect } from '../../src/capture/detect.ts'
import { SAMPLE_TEXT, samplePcap, samplePcapng } from '../support/capture-sample.ts'
import { concat, hex } from '../support/packet-octets.ts'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const tar = (): Uint8Array => concat(text('a.pcap'), new Uint8Array(251), text('ustar\0' + '00'), new Uint8Array(247))

describe('detect() tells', () => {
  test.each([
    ['pcap', samplePcap(), { kind: 'capture', format: 'pcap' }],
    ['pcap of the other byte order', samplePcap(1, 0, { bigEndian: true }), { kind: 'capture', format: 'pcap' }],
    ['pcap of nanoseconds', samplePcap(1, 0, { nano: true }), { kind: 'capture', format: 'pcap' }],
    ["Kuznetzov's pcap", hex('34cdb2a1 0200 0400'), { kind: 'capture', format: 'pcap' }],
    ['pcapng', samplePcapng(), { kind: 'capture', format: 'pcapng' }],
    ['text', text(SAMPLE_TEXT), { kind: 'capture', format: 'text' }],
    [
      'text in UTF-16',
      new Uint8Array(Buffer.from(`\ufeff${SAMPLE_TEXT}`, 'utf16le')),
      { kind: 'capture', format: 'text' },
    ],
    ['gzip', hex('1f8b0800'), { kind: 'compressed', compression: 'gzip' }],
    ['zstd', hex('28b52ffd'), { kind: 'compressed', compression: 'zstd' }],
    ['zstd with user data first', hex('512a4d18 00000000'), { kind: 'compressed', compression: 'zstd' }],
    ['xz', hex('fd377a585a00'), { kind: 'compressed', compression: 'xz' }],
    ['lz4', hex('04224d18'), { kind: 'compressed', compression: 'lz4' }],
    ['bzip2', text('BZh91AY&SY'), { kind: 'compressed', compression: 'bzip2' }],
    ['zip', hex('504b0304'), { kind: 'archive', archive: 'zip' }],
    ['an empty zip', hex('504b0506'), { kind: 'archive', archive: 'zip' }],
    ['tar', tar(), { kind: 'archive', archive: 'tar' }],
    ['nothing', new Uint8Array(0), { kind: 'empty' }],
  ])('%s', (_, octets, expected) => {
    expect(detect(octets, true)).toEqual(expected)
  })

  test.each([
    ['JSON', '{\n  "items": []\n}\n', 'JSON'],
    ['YAML', 'apiVersion: v1\nkind: List\n', 'YAML'],
    ['HTML', '<!DOCTYPE html><html></html>', 'HTML'],
    ['XML', '<?xml version="1.0"?><a/>', 'XML'],
    ['a script', '#!/bin/sh\necho\n', 'a script'],
    ['prose', 'The quick brown fox.\n', 'text without a line that tcpdump prints'],
    ['a program', '\x7fELF\x02\x01\x01\0', 'an ELF program'],
    ['a picture', '\x89PNG\r\n', 'a PNG image'],
    ['a capture of snoop', 'snoop\0\0\0\0\0\0\x02', 'a capture of snoop'],
    ['noise', '\x00\x91\x03\x9f\x00\x07', 'binary data of an unknown kind'],
    ['a pcapng magic number alone', '\x0a\x0d\x0d\x0a\0\0\0\x1c\0\0\0\0', 'binary data of an unknown kind'],
  ])('%s, which is no capture, by what it looks like', (_, content, looksLike) => {
    const octets = Uint8Array.from(content, (c) => c.charCodeAt(0))
    expect(detect(octets, true)).toMatchObject({ kind: 'other', looksLike })
  })

  test('what to do about captures of other tools and about metadata', () => {
    expect(detect(text('snoop\0\0\0'), true)).toMatchObject({ remedy: expect.stringContaining('editcap') })
    expect(detect(text('{"items": []}'), true)).toMatchObject({ remedy: expect.stringContaining('--cluster') })
  })
})

describe('detect() waits', () => {
  test.each([
    ['pcap', samplePcap(), 4],
    ['pcapng', samplePcapng(), 12],
    ['tar', tar(), 262],
  ])('for as many octets of %s as it needs, and for no more', (_, octets, needed) => {
    for (let length = 0; length < needed; length++) {
      expect(detect(octets.slice(0, length), false)).toBeUndefined()
    }
    expect(detect(octets.slice(0, needed), false)).toEqual(detect(octets, true))
  })

  test('for the first line of text, also behind prose', () => {
    const octets = text(`Here is what I see:\n${SAMPLE_TEXT}`)
    expect(detect(octets.slice(0, 20), false)).toBeUndefined()
    expect(detect(octets, false)).toEqual({ kind: 'capture', format: 'text' })
  })

  test('never beyond a limit', () => {
    expect(detect(text('x'.repeat(DETECT_LENGTH)), false)).toMatchObject({ kind: 'other' })
  })
})
