// The fast path: frames of a chunk into a flow table without a step through JavaScript. AssemblyScript, compiled by ../generate.js.
export * from './layout'
export { pcapNsec, pcapTaken, takePcap } from './pcap'
export { pcapngNsec, pcapngTaken, takePcapng } from './pcapng'
export { setSeed, useTable } from './table'
