import { type PcapOptions, pcap, pcapng, type WrittenPacket } from './pcap-writer.ts'

/** 2025-08-01T11:56:28Z, in seconds. */
export const SAMPLE_TIME = 1_754_049_388

/** Frames that look like no header of any format. */
export function sampleFrame(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 0x80 | ((i * 7 + seed) & 0x7f))
}

/** Packets a second apart, each of another length. */
export function samplePackets(count: number, from: number = SAMPLE_TIME): WrittenPacket[] {
  return Array.from(
    { length: count },
    (_, i) => ({ time: [from + i, 1000 * i], frame: sampleFrame(60 + i, i) }) as const,
  )
}

export function samplePcap(count = 3, from: number = SAMPLE_TIME, options: PcapOptions = {}): Uint8Array {
  return pcap(samplePackets(count, from), options)
}

export function samplePcapng(count = 3, from: number = SAMPLE_TIME, name = 'eth0'): Uint8Array {
  return pcapng({ interfaces: [{ name }], packets: samplePackets(count, from) })
}

/** Two packets as tcpdump prints them. */
export const SAMPLE_TEXT = `11:56:28.960087 IP 172.17.0.4.53938 > 172.17.0.6.80: Flags [S], seq 2618216972, win 64240, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0
11:56:28.960318 IP 172.17.0.6.80 > 172.17.0.4.53938: Flags [S.], seq 1746492749, ack 2618216973, win 65160, options [mss 1460,sackOK,TS val 1 ecr 1,nop,wscale 7], length 0
`
