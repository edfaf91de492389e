import { formatIp } from '../../src/core/ip.ts'
import { TcpFlag } from '../../src/core/tcp-flags.ts'
import type { PacketView } from '../../src/packet/packet-view.ts'

/** How tcpdump is made to print. */
export interface PrintOptions {
  readonly time: 'clock' | 'epoch' | 'dated' | 'delta' | 'none'
  /** Nine digits of a second instead of six. */
  readonly nano: boolean
  /** `-S`. */
  readonly absolute: boolean
  /** `-v`: two lines a packet. */
  readonly verbose: boolean
  /** `-i any` since 4.99: interface and direction in front. */
  readonly faces: boolean
  readonly number: boolean
  readonly lineEnd: '\n' | '\r\n'
}

const LETTERS: readonly (readonly [number, string])[] = [
  [TcpFlag.Fin, 'F'],
  [TcpFlag.Syn, 'S'],
  [TcpFlag.Rst, 'R'],
  [TcpFlag.Psh, 'P'],
  [TcpFlag.Ack, '.'],
  [TcpFlag.Urg, 'U'],
  [TcpFlag.Ece, 'E'],
  [TcpFlag.Cwr, 'W'],
]

/** Prints TCP and UDP as tcpdump 4.99 does with `-n`, its memory of conversations included. */
export class TextPrinter {
  readonly #options: PrintOptions
  /** First numbers of the lower and the higher end. */
  readonly #bases = new Map<string, [number, number]>()
  #packets = 0

  constructor(options: PrintOptions) {
    this.#options = options
  }

  /** @param remark - What is printed of the payload. */
  print(view: PacketView, sec: number, nsec: number, remark: string): string {
    const { faces, number, verbose, lineEnd } = this.#options
    this.#packets++
    const face = faces ? ['eth0  In  ', 'lxc1  Out ', 'cilium_host In  '][(this.#packets >> 5) % 3] : ''
    const mark = number ? `${String(this.#packets).padStart(5)}  ` : ''
    const head = `${mark}${this.#time(sec, nsec)}${face}`
    const label = view.ipVersion === 4 ? 'IP' : 'IP6'
    const body = `${this.#ends(view)}: ${view.protocol === 6 ? this.#tcp(view) : `UDP, length ${view.payloadLength}`}`
    const header =
      view.ipVersion === 4
        ? `(tos 0x0, ttl ${view.ttl}, id ${view.ipId}, offset 0, flags [DF], proto TCP (6), length ${view.ipLength})`
        : `(hlim ${view.ttl}, next-header TCP (6) payload length: ${view.ipLength - 40})`
    const line = verbose ? `${label} ${header}${lineEnd}    ${body}` : `${label} ${body}`
    return `${head}${line}${remark}${lineEnd}`
  }

  #time(sec: number, nsec: number): string {
    const { time, nano } = this.#options
    const fraction = nano ? `${nsec}`.padStart(9, '0') : `${Math.floor(nsec / 1000)}`.padStart(6, '0')
    const iso = new Date(sec * 1000).toISOString()
    switch (time) {
      case 'clock':
        return `${iso.slice(11, 19)}.${fraction} `
      case 'epoch':
        return `${sec}.${fraction} `
      case 'dated':
        return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${fraction} `
      case 'delta':
        return ` 00:00:0${sec % 3}.${fraction} `
      case 'none':
        return ''
    }
  }

  #ends(view: PacketView): string {
    const { ipVersion, srcPort, dstPort } = view
    const src = formatIp(ipVersion, view.src0, view.src1, view.src2, view.src3)
    const dst = formatIp(ipVersion, view.dst0, view.dst1, view.dst2, view.dst3)
    return `${src}.${srcPort} > ${dst}.${dstPort}`
  }

  #tcp(view: PacketView): string {
    const { flags, payloadLength, window } = view
    const letters = LETTERS.flatMap(([bit, letter]) => ((flags & bit) !== 0 ? [letter] : [])).join('')
    const [seq, ack] = this.#numbers(view)
    const { Syn, Fin, Rst, Ack, Urg } = TcpFlag
    const fields = [`Flags [${letters === '' ? 'none' : letters}]`]
    if (this.#options.verbose) fields.push(`cksum 0x${view.checksum.toString(16).padStart(4, '0')} (correct)`)
    if (payloadLength > 0) fields.push(`seq ${seq}:${(seq + payloadLength) >>> 0}`)
    else if ((flags & (Syn | Fin | Rst)) !== 0) fields.push(`seq ${seq}`)
    if ((flags & Ack) !== 0) fields.push(`ack ${ack}`)
    fields.push(`win ${window}`)
    if ((flags & Urg) !== 0) fields.push(`urg ${view.urgentPointer}`)
    const options = [
      ...(view.mss >= 0 ? [`mss ${view.mss}`] : []),
      ...(view.hasTimestamps === 1 ? ['nop', 'nop', `TS val ${view.tsVal} ecr ${view.tsEcr}`] : []),
      ...(view.windowScale >= 0 ? [`nop,wscale ${view.windowScale}`] : []),
    ]
    if (options.length > 0) fields.push(`options [${options.join(',')}]`)
    return [...fields, `length ${Math.max(0, payloadLength)}`].join(', ')
  }

  // print-tcp.c `tcp_print()`.
  #numbers(view: PacketView): [seq: number, ack: number] {
    if (this.#options.absolute || (view.flags & TcpFlag.Ack) === 0) return [view.seq, view.ack]
    const [src, dst] = this.#ends(view).split(' > ') as [string, string]
    const side = src < dst ? 0 : 1
    const key = side === 0 ? `${src} ${dst}` : `${dst} ${src}`
    const known = this.#bases.get(key)
    if (known === undefined || (view.flags & TcpFlag.Syn) !== 0) {
      const base: [number, number] = side === 0 ? [view.seq, view.ack - 1] : [view.ack - 1, view.seq]
      this.#bases.set(key, base)
      return [view.seq, view.ack]
    }
    return [(view.seq - (known[side] as number)) >>> 0, (view.ack - (known[1 - side] as number)) >>> 0]
  }
}
