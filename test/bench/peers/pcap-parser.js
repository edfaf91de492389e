// The usual npm reader, bare: counts packets and octets, decodes nothing.
import pcapParser from 'pcap-parser'

let packets = 0
let octets = 0
const parser = pcapParser.parse(process.argv[2])
parser.on('packet', (packet) => {
  packets++
  octets += packet.data.length
})
parser.on('end', () => console.log(packets, octets))
