// The parser people write first: readline, one regular expression a line, a Map of flows with counts and state.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

const LINE =
  /^(\d+\.\d+) IP6? (\S+)\.(\d+) > (\S+)\.(\d+): Flags \[([^\]]+)\], (?:seq (\d+)(?::(\d+))?, )?(?:ack (\d+), )?win (\d+).*length (\d+)/

const flows = new Map()
let packets = 0
for await (const line of createInterface({
  input: createReadStream(process.argv[2]),
  crlfDelay: Number.POSITIVE_INFINITY,
})) {
  const match = LINE.exec(line)
  if (!match) continue
  packets++
  const [, time, from, fromPort, to, toPort, flags, seq, end, ack, , length] = match
  const forward = `${from}:${fromPort}>${to}:${toPort}`
  const reverse = `${to}:${toPort}>${from}:${fromPort}`
  let flow = flows.get(forward) ?? flows.get(reverse)
  if (flow === undefined || (flags === 'S' && flow.closed)) {
    flow = {
      key: forward,
      first: time,
      last: time,
      packets: [0, 0],
      octets: [0, 0],
      high: [0, 0],
      acked: [0, 0],
      history: '',
      closed: false,
    }
    flows.set(forward, flow)
    flows.delete(reverse)
  }
  const side = flow.key === forward ? 0 : 1
  flow.last = time
  flow.packets[side]++
  flow.octets[side] += Number(length)
  if (seq !== undefined) flow.high[side] = Math.max(flow.high[side], Number(end ?? seq))
  if (ack !== undefined) flow.acked[1 - side] = Math.max(flow.acked[1 - side], Number(ack))
  if (!flow.history.includes(flags)) flow.history += flags
  if (flags.includes('F') || flags.includes('R')) flow.closed = true
}
console.log(packets, flows.size)
