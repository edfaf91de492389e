// The fast path of frames: from a chunk into a flow table without a step through JavaScript.

export { BATCH_RECORD, MAX_BATCH, setBatch, taken, takenNsec, touched } from './batch'
export { applyInOrder, setSamples, unsampled } from './in-order'
export * from './layout'
export { takePcap } from './pcap'
export { takePcapng } from './pcapng'
export { setSeed, useTable } from './table'
