import { CaptureRecord } from '../../src/capture/record.ts'
import { DecodeStatus } from '../../src/core/decode-status.ts'
import { FrameDecoder } from '../../src/packet/decode.ts'
import type { Random } from '../fuzz/random.ts'
import type { CapturedFrame } from './fast-path-traffic.ts'
import { type PrintOptions, TextPrinter } from './text-printer.ts'

/** Forms in which most packets are on one line each, in one of the usual forms of time. */
export function plainForm(random: Random): PrintOptions {
  return {
    time: random.pick(['clock', 'epoch', 'dated', 'clock']),
    nano: random.chance(20),
    absolute: random.chance(30),
    verbose: false,
    faces: false,
    number: false,
    lineEnd: random.pick(['\n', '\n', '\r\n']),
  }
}

/** All forms. */
export function anyForm(random: Random): PrintOptions {
  return {
    ...plainForm(random),
    time: random.pick(['clock', 'epoch', 'dated', 'delta', 'none']),
    verbose: random.chance(20),
    faces: random.chance(20),
    number: random.chance(20),
  }
}

const REMARKS = ['', '', '', ': HTTP: GET / HTTP/1.1', ': HTTP', ' [|tcp]', 'x', '\r', ' ', `: ${'z'.repeat(300)}`]
const JUNK = [
  '',
  'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
  '\t0x0000:  4500 0034 1c46 4000 4006 b1e6 0a00 0001',
  'E..4.F@.@.......',
  '    indented',
  'some words that are no packet',
  '^C',
  '10:11:12.123456 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28',
  '10:11:12.12345 IP 10.0.0.1.80 > 10.0.0.2.40000: Flags [.], ack 1, win 1, length 0',
]
const STARTS = [
  'tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
  'root@node-1:~# tcpdump -nn -i eth0 tcp',
  'root@node-2:~# tcpdump -S -n -i lxc1 port 80',
]

/**
 * Frames as tcpdump would print them, with what else stands in such texts.
 *
 * @param oddness - How many of a thousand packets have something odd in their lines or before them.
 */
export function textOf(random: Random, frames: readonly CapturedFrame[], form: PrintOptions, oddness: number): string {
  const decoder = new FrameDecoder()
  const record = new CaptureRecord()
  let printer = new TextPrinter(form)
  let text = ''
  for (const { sec, nsec, frame } of frames) {
    Object.assign(record, { buffer: frame, start: 0, end: frame.length, linkType: 1, originalLength: frame.length })
    record.view = new DataView(frame.buffer, frame.byteOffset, frame.length)
    const view = decoder.views[decoder.decode(record) - 1]
    if (random.below(1000) < oddness) text += `${random.pick(JUNK)}${form.lineEnd}`
    if (random.below(10_000) < oddness) {
      text += `5 packets captured${form.lineEnd}${random.pick(STARTS)}${form.lineEnd}`
      printer = new TextPrinter(form)
    }
    if (view?.status !== DecodeStatus.Ok || (view.protocol !== 6 && view.protocol !== 17)) continue
    const line = printer.print(view, sec, nsec, random.below(100) < oddness ? random.pick(REMARKS) : '')
    text += random.below(4000) < oddness ? damaged(random, line) : line
  }
  return text
}

/** One character changed, or some left out. */
function damaged(random: Random, line: string): string {
  const at = random.below(line.length)
  const put = random.pick(['', '', '0', '9', ':', '.', ' ', ',', 'x', '\n', '00000000000'])
  return line.slice(0, at) + put + line.slice(at + random.pick([0, 1, 1, 1 + random.below(30)]))
}
