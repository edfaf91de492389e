import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCapturesYaml } from '../../src/capture/captures-yaml.ts'
import { MasqcheckError } from '../../src/core/errors.ts'

function messageOf(text: string): string {
  try {
    parseCapturesYaml(text, 'dir/captures.yaml')
  } catch (error) {
    if (error instanceof MasqcheckError && error.code === 'CAPTURES_YAML_BAD') return error.message
    throw error
  }
  throw new Error('It was read')
}

describe('parseCapturesYaml()', () => {
  test('reads entries, and what the whole file says for them', () => {
    const yaml = parseCapturesYaml(
      `# where they were taken
cluster: meta
timezone: Europe/Berlin
captures:
  - file: a.pcap
    point: node/n1:eth0
  - file: 'rest-*.pcap'
    cluster: [other, /absolute]
    timezone: UTC
    description: The rest
`,
      'dir/captures.yaml',
    )
    expect(yaml).toMatchObject({ path: 'dir/captures.yaml', folder: 'dir', cluster: [resolve('dir/meta')] })
    expect(yaml.captures).toEqual([
      {
        file: 'a.pcap',
        line: 5,
        point: 'node/n1:eth0',
        cluster: [resolve('dir/meta')],
        timeZone: 'Europe/Berlin',
        description: null,
      },
      {
        file: 'rest-*.pcap',
        line: 7,
        point: null,
        cluster: [resolve('dir/other'), '/absolute'],
        timeZone: 'UTC',
        description: 'The rest',
      },
    ])
  })

  test.each([
    [
      'a wrong point',
      'captures:\n  - file: a\n    point: eth0\n',
      'dir/captures.yaml:3: captures.0.point: "eth0" is no capture point: write node/',
    ],
    [
      'a wrong zone',
      'captures:\n  - file: a\ntimezone: Mars/X\n',
      'dir/captures.yaml:3: timezone: "Mars/X" is no time zone',
    ],
    [
      'an unknown key',
      'captures:\n  - file: a\n    at: node/n\n',
      'dir/captures.yaml:2: Unknown key "at": write one of file, point',
    ],
    [
      'an unknown key of the whole file',
      'captures: []\nfiles: []\n',
      'Unknown key "files": write one of captures, cluster',
    ],
    [
      'an entry without a file',
      'captures:\n  - file: a\n  - point: external\n',
      'dir/captures.yaml:3: captures.1.file:',
    ],
    ['no captures', 'cluster: x\n', 'dir/captures.yaml:1: captures:'],
    ['something else', '- a\n- b\n', 'dir/captures.yaml:1:'],
    ['nothing', '', 'dir/captures.yaml:1:'],
    ['no YAML', 'captures:\n  - file: "a\n', 'dir/captures.yaml:'],
    ['a key twice', 'captures: []\ncaptures: []\n', 'dir/captures.yaml:2:'],
  ])('names the line of %s', (_, text, expected) => {
    expect(messageOf(text)).toContain(expected)
  })

  test('does not expand aliases without end', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`)
    expect(messageOf(`a0: &a0 [x]\n${levels.join('\n')}\ncaptures: []\n`)).toContain('alias')
  })
})
