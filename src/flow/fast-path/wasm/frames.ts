// The fast path of frames: from a chunk into a flow table without a step through JavaScript.

export { BATCH_RECORD, MAX_BATCH, setBatch, touched } from './batch'
export { applyInOrder, setSamples, unsampled } from './in-order'
export * from './layout'
export { pcapNsec, pcapTaken, takePcap } from './pcap'
export { pcapngNsec, pcapngTaken, takePcapng } from './pcapng'
export { setSeed, useTable } from './table'
