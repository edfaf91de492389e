// Our stages alone, for the benchmark: `node ours.js read|decode|flows FILE`, on the built library.

import { readCaptureSet } from '../../dist/capture/read.js'
import { FileSource } from '../../dist/capture/source.js'
import { readFlows } from '../../dist/flow/read-flows.js'
import { FrameDecoder } from '../../dist/packet/decode.js'

const [stage, file] = process.argv.slice(2)
const set = { files: [new FileSource(file)] }
let packets = 0
let octets = 0

if (stage === 'flows') {
  await readFlows([set], {}, (flow) => {
    packets += flow.forward.packets + flow.reverse.packets
    octets += flow.forward.ipBytes + flow.reverse.ipBytes
  })
} else {
  const decoder = new FrameDecoder()
  const record =
    stage === 'decode'
      ? (each) => {
          packets++
          decoder.decode(each)
          octets += decoder.views[0].ipLength
        }
      : (each) => {
          packets++
          octets += each.end - each.start
        }
  await readCaptureSet(set, { record })
}
console.log(packets, octets, Math.round(process.resourceUsage().maxRSS / 1024))
