/**
 * Packets from their fields, for tests: each builder returns octets, and each takes the octets of what it goes around.
 *
 * ```ts
 * const syn = tcp({ src: '10.244.0.101:53938', dst: '172.17.0.6:80', flags: 'S', seq: 1000, ttl: 64 })
 * const frame = ethernet(vxlan({ src: '172.18.0.2', dst: '172.18.0.3', vni: 4711 }, ethernet(syn)))
 * const file = pcap([{ time: 1.5, frame }])        // pcap-writer.ts
 * const record = recordOf(frame)                   // packet-record.ts, to decode without a file
 * ```
 *
 * What is left out has a value that fits; lengths and checksums are right unless a field says otherwise.
 */
export * from './packet-ip.ts'
export * from './packet-link.ts'
export * from './packet-octets.ts'
export * from './packet-transport.ts'
export * from './packet-tunnel.ts'
