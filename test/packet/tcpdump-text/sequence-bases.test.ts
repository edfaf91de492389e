import { describe, expect, test } from 'vitest'
import { SharedMemory } from '../../../src/core/shared-memory.ts'
import { TcpFlag } from '../../../src/core/tcp-flags.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { SequenceBases } from '../../../src/packet/tcpdump-text/sequence-bases.ts'

const { Syn, Ack, Fin, Rst } = TcpFlag

interface Segment {
  /** Client to server. */
  readonly out?: boolean
  readonly flags: number
  /** As printed; left out where it is not. */
  readonly seq?: number
  readonly ack?: number
  readonly length?: number
}

/** What becomes of seq and ack; `~` in front of what counts from an unknown start. */
function restore(bases: SequenceBases, { out = true, flags, seq, ack, length = 0 }: Segment): [string, string] {
  const view = new PacketView()
  const [client, server] = [0x0a000001, 0x0a000002]
  Object.assign(view, { src2: 0xffff, dst2: 0xffff, src3: out ? client : server, dst3: out ? server : client })
  Object.assign(view, { srcPort: out ? 50000 : 80, dstPort: out ? 80 : 50000, flags, payloadLength: length })
  Object.assign(view, { seq: seq ?? 0, ack: ack ?? 0 })
  bases.restore(view, seq !== undefined)
  return [`${view.seqIsRelative ? '~' : ''}${view.seq}`, `${view.ackIsRelative ? '~' : ''}${view.ack}`]
}

function run(segments: readonly Segment[], absolute?: boolean): [string, string][] {
  const bases = new SequenceBases(absolute)
  return segments.map((segment) => restore(bases, segment))
}

const SYN: Segment = { flags: Syn, seq: 1000000 }
const SYN_ACK: Segment = { out: false, flags: Syn | Ack, seq: 5000000, ack: 1000001 }

describe('SequenceBases.roots', () => {
  test('are there once it is known how numbers are printed, and say how', () => {
    const bases = new SequenceBases(undefined, SharedMemory.create())
    expect(bases.roots).toBeNull()
    for (const segment of [SYN, SYN_ACK, { flags: Ack, ack: 1 }]) restore(bases, segment)
    expect(bases.roots?.at(-1)).toBe(1)
    expect(new SequenceBases(true, SharedMemory.create()).roots?.at(-1)).toBe(2)
  })

  test('are never there without shared memory', () => {
    expect(new SequenceBases(true).roots).toBeNull()
  })
})

describe('SequenceBases.restore()', () => {
  test('a whole connection: relative to the SYN-ACK', () => {
    expect(
      run([
        SYN,
        SYN_ACK,
        { flags: Ack, ack: 1 },
        { flags: Ack, seq: 1, ack: 1, length: 75 },
        { out: false, flags: Ack, ack: 76 },
        { out: false, flags: Fin | Ack, seq: 1, ack: 76 },
        { flags: Ack, ack: 2 },
      ]),
    ).toEqual([
      ['1000000', '0'],
      ['5000000', '1000001'],
      ['1000001', '5000001'],
      ['1000001', '5000001'],
      ['5000001', '1000076'],
      ['5000001', '1000076'],
      ['1000076', '5000002'],
    ])
  })

  test('one direction, SYN seen: the base of the silent first ACK is the number behind the SYN', () => {
    expect(run([SYN, { flags: Ack, ack: 5000001 }, { flags: Ack, seq: 0, ack: 1, length: 87 }])).toEqual([
      ['1000000', '0'],
      ['1000001', '5000001'],
      ['1000001', '5000001'],
    ])
  })

  test('the middle of a connection: with payload both bases are known, without the sender’s is not', () => {
    expect(
      run([
        { flags: Ack, seq: 7000, ack: 9000, length: 10 },
        { flags: Ack, seq: 10, ack: 5, length: 1 },
      ]),
    ).toEqual([
      ['7000', '9000'],
      ['7010', '9004'],
    ])
    expect(
      run([
        { flags: Ack, ack: 9000 },
        { flags: Ack, seq: 10, ack: 5, length: 1 },
        { out: false, flags: Ack, ack: 11 },
      ]),
    ).toEqual([
      ['~0', '9000'],
      ['~10', '9004'],
      ['9004', '~11'],
    ])
  })

  test('port reuse seen from one side tells the base that the first connection hid', () => {
    // Base 4000 is not printed: SYN of 9000000 and the first octet behind it, printed relative to 4000.
    expect(
      run([
        { flags: Ack, ack: 800 },
        { flags: Syn, seq: 9000000 },
        { flags: Ack, ack: 1 },
        { flags: Ack, seq: 8996001, ack: 1, length: 5 },
      ]),
    ).toEqual([
      ['~0', '800'],
      ['9000000', '0'],
      ['~9000001', '800'],
      ['9000001', '800'],
    ])
  })

  test('packets without ACK are absolute among relative ones', () => {
    expect(run([SYN_ACK, { flags: Ack, seq: 1, ack: 1, length: 5 }, { flags: Rst, seq: 1000006 }]).at(-1)).toEqual([
      '1000006',
      '0',
    ])
  })

  test('numbers below the base wrap', () => {
    expect(
      run([
        SYN_ACK,
        { flags: Ack, seq: 4294967295, ack: 1, length: 1 },
        { flags: Ack, seq: 1, ack: 4294967295, length: 1 },
      ]),
    ).toEqual([
      ['5000000', '1000001'],
      ['999999', '5000001'],
      ['1000001', '4999999'],
    ])
  })

  test('a repeated SYN-ACK makes new bases', () => {
    expect(
      run([
        SYN_ACK,
        { out: false, flags: Syn | Ack, seq: 6000000, ack: 2000001 },
        { flags: Ack, seq: 1, ack: 1, length: 1 },
      ]).at(-1),
    ).toEqual(['2000001', '6000001'])
  })

  test('-S is told from the first packet after a base', () => {
    expect(run([SYN_ACK, { flags: Ack, ack: 5000001 }, { flags: Ack, seq: 1000001, ack: 5000001, length: 5 }])).toEqual(
      [
        ['5000000', '1000001'],
        ['1000001', '5000001'],
        ['1000001', '5000001'],
      ],
    )
  })

  test('-S with numbers near 0 is told by the acknowledgment that ends a handshake', () => {
    const small = { out: false, flags: Syn | Ack, seq: 50, ack: 101 }
    expect(run([small, { flags: Ack, ack: 51 }])[1]).toEqual(['101', '51'])
    expect(run([small, { flags: Ack, ack: 1 }])[1]).toEqual(['101', '51'])
  })

  test('the command line wins over what the numbers look like', () => {
    expect(run([SYN_ACK, { flags: Ack, seq: 1, ack: 1, length: 1 }], true)[1]).toEqual(['1', '1'])
    expect(run([SYN_ACK, { flags: Ack, seq: 1000001, ack: 5000001, length: 1 }], false)[1]).toEqual([
      '2000001',
      '10000001',
    ])
  })

  test('-S from the middle: a side that began without a number keeps one numbering', () => {
    expect(
      run(
        [
          { flags: Ack, ack: 9000 },
          { out: false, flags: Ack, seq: 9000, ack: 7000, length: 10 },
          { flags: Ack, seq: 7000, ack: 9010, length: 3 },
        ],
        true,
      ),
    ).toEqual([
      ['~0', '9000'],
      ['9000', '~0'],
      ['~0', '9010'],
    ])
  })

  test('numbers that are not printed at all are guesses', () => {
    expect(run([SYN_ACK, { flags: Ack, ack: 1, length: 100 }, { flags: Ack, ack: 1 }])).toEqual([
      ['5000000', '1000001'],
      ['~1000001', '5000001'],
      ['1000101', '5000001'],
    ])
    expect(run([{ flags: 0 }])[0]).toEqual(['~0', '0'])
  })

  test('a base that was used without being printed leaves both sides unsaid', () => {
    const bases = new SequenceBases(undefined)
    const broken = Object.assign(new PacketView(), {
      src2: 0xffff,
      dst2: 0xffff,
      src3: 0x0a000001,
      dst3: 0x0a000002,
      srcPort: 50000,
      dstPort: 80,
      flags: Ack,
    })
    bases.spoil(broken)
    expect(restore(bases, { flags: Ack, seq: 5, ack: 6, length: 1 })).toEqual(['~5', '~6'])
  })
})
