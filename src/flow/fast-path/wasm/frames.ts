// The fast path of frames: from a chunk into a flow table without a step through JavaScript.

export { endOfGathered, gatherInto, RECORD as BATCH_RECORD } from './gathered'
export { applyInOrder, setSamples, unsampled } from './in-order'
export * from './layout'
export { gatherPcap, takePcap } from './pcap'
export { gatherPcapng, takePcapng } from './pcapng'
export { setSeed, useTable } from './table'
export { MAX_BATCH, setAhead, setBatch, taken, takenNsec, touched } from './take'
