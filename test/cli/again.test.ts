import { Command } from 'commander'
import { expect, test } from 'vitest'
import { inputArguments } from '../../src/cli/again.ts'
import { addCaptureOptions } from '../../src/cli/options/capture.ts'
import { addClusterOptions } from '../../src/cli/options/cluster.ts'
import { addOutputOptions, addSelectionOptions } from '../../src/cli/options/output.ts'

function again(...argv: string[]): string | undefined {
  const command = new Command('analyze').argument('[captures...]').exitOverride()
  addCaptureOptions(command)
  addClusterOptions(command)
  addSelectionOptions(command)
  addOutputOptions(command)
  command.action(() => undefined).parse(argv, { from: 'user' })
  return inputArguments(command.args, command)
}

test.each([
  ['captures', ['a.pcap', 'b.pcap'], 'a.pcap b.pcap'],
  [
    'metadata behind captures',
    ['-c', 'x.yaml', 'y z', '--at', 'external', 'a.pcap'],
    "a.pcap --at external --cluster x.yaml 'y z'",
  ],
  ['facts given by hand', ['a', '--node', 'n=1.2.3.4', '--node', 'm=1.2.3.5'], 'a --node n=1.2.3.4 --node m=1.2.3.5'],
  ['nothing of how it looks', ['a', '--format', 'table', '--all', '--where', 'x', '--no-color', '-q'], 'a'],
  ['words that a shell would take apart', ['a b', "it's", '$(x)'], "'a b' 'it'\\''s' '$(x)'"],
] as const)('gives again %s', (_, argv, text) => {
  expect(again(...argv)).toBe(text)
})

test.each([
  ['standard input', ['-']],
  ['what would fill the screen', Array.from({ length: 60 }, (_, i) => `${i}.pcap`)],
])('does not give again %s', (_, argv) => {
  expect(again(...argv)).toBeUndefined()
})
