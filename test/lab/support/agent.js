// Runs inside one network namespace of the lab and makes real traffic there. Commands arrive as JSON lines on standard
// input, one answer line each on standard output, so that one process serves a namespace for the whole run.
import { execFile } from 'node:child_process'
import dgram from 'node:dgram'
import net from 'node:net'
import { createInterface } from 'node:readline'

/** Connections accepted by this namespace's servers, as the server saw them: the ground truth of who arrived. */
const accepted = []

const commands = {
  /** Serves TCP: answers each request line with `bytes` octets and lets the client close. */
  listen: ({ port, host = '0.0.0.0', bytes = 200 }) =>
    new Promise((resolve, reject) => {
      const server = net.createServer((socket) => {
        accepted.push({ protocol: 'tcp', port, ip: plain(socket.remoteAddress), sourcePort: socket.remotePort })
        socket.on('error', () => {})
        socket.on('data', () => socket.write(Buffer.alloc(bytes, 'x')))
        socket.on('end', () => socket.end())
      })
      server.on('error', reject)
      server.listen(port, host, () => resolve({}))
    }),

  /** Serves UDP: echoes. */
  listenUdp: ({ port, host = '0.0.0.0' }) =>
    new Promise((resolve, reject) => {
      const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4')
      socket.on('message', (message, peer) => {
        accepted.push({ protocol: 'udp', port, ip: plain(peer.address), sourcePort: peer.port })
        socket.send(message, peer.port, peer.address)
      })
      socket.on('error', reject)
      socket.bind(port, host, () => resolve({}))
    }),

  /** One TCP exchange from a source port of our choice. `outcome`: done, refused, reset, timeout or an error code. */
  connect: ({ host, port, localPort, localAddress, bytes = 80, timeoutMs = 1500 }) =>
    new Promise((resolve) => {
      const socket = net.connect({ host, port, localPort, localAddress })
      const finish = (outcome) => {
        clearTimeout(timer)
        socket.destroy()
        resolve({ outcome })
      }
      const timer = setTimeout(() => finish('timeout'), timeoutMs)
      socket.on('connect', () => socket.write(Buffer.alloc(bytes, 'q')))
      socket.once('data', () => socket.end())
      socket.on('end', () => setTimeout(() => finish('done'), 5))
      socket.on('error', (error) =>
        finish(error.code === 'ECONNREFUSED' ? 'refused' : error.code === 'ECONNRESET' ? 'reset' : error.code),
      )
    }),

  /** One UDP request; waits for the echo. */
  sendUdp: ({ host, port, localPort, bytes = 60, timeoutMs = 500 }) =>
    new Promise((resolve) => {
      const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4')
      const finish = (outcome) => {
        clearTimeout(timer)
        socket.close()
        resolve({ outcome })
      }
      const timer = setTimeout(() => finish('timeout'), timeoutMs)
      socket.on('message', () => finish('done'))
      socket.on('error', (error) => finish(error.code))
      socket.bind(localPort, () => socket.send(Buffer.alloc(bytes, 'u'), port, host))
    }),

  /** One echo request with an identifier of our choice; `ping -e` binds it. */
  ping: ({ host, identifier }) =>
    new Promise((resolve) => {
      execFile('ping', ['-c', '1', '-W', '1', '-e', String(identifier), host], (error) =>
        resolve({ outcome: error ? 'timeout' : 'done' }),
      )
    }),

  accepted: async () => ({ accepted: accepted.splice(0) }),
}

function plain(address) {
  return address?.startsWith('::ffff:') ? address.slice(7) : address
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...options } = JSON.parse(line)
  Promise.resolve(commands[command](options)).then(
    (result) => process.stdout.write(`${JSON.stringify({ id, ...result })}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ id, error: String(error?.message ?? error) })}\n`),
  )
}
process.exit(0)
