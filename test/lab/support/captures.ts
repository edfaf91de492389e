import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Namespace } from './namespaces.ts'

/** One capture under way in the lab. */
export interface RunningCapture {
  readonly file: string
  stop(): Promise<void>
}

/** tcpdump writing pcap (`-i any` gives Linux cooked v2). */
export async function capturePcap(at: Namespace, device: string, file: string, filter = ''): Promise<RunningCapture> {
  const words = filter === '' ? [] : filter.split(' ')
  const process = at.spawn('tcpdump', [
    '-i',
    device,
    '-n',
    '--immediate-mode',
    '-U',
    '-Z',
    'root',
    '-w',
    file,
    ...words,
  ])
  await said(process, 'listening on')
  return stoppable(process, file)
}

/** tcpdump's text as a person would paste it: prompt line, banner, packets. `flags` such as `-n` or `-nn -tt`. */
export async function captureText(
  at: Namespace,
  host: string,
  device: string,
  file: string,
  options: { flags?: string; filter?: string } = {},
): Promise<RunningCapture> {
  const flags = options.flags ?? '-n'
  const command = `-i ${device} ${flags}${options.filter ? ` ${options.filter}` : ''}`
  const process = at.spawn('tcpdump', [...command.split(' '), '--immediate-mode', '-l', '-Z', 'root'])
  const out = createWriteStream(file)
  out.write(`root@${host}:/# tcpdump ${command}\n`)
  // On a terminal the banner stands before the packets.
  process.stderr?.once('data', (chunk: Buffer) => out.write(String(chunk).replace(/^dropped privs.*\n/, '')))
  await said(process, 'listening on')
  process.stdout?.pipe(out)
  const written = once(out, 'finish')
  return stoppable(process, file, async () => {
    await written
  })
}

/** dumpcap writing pcapng: several interfaces in one file, each with its name. */
export async function capturePcapng(at: Namespace, devices: readonly string[], file: string): Promise<RunningCapture> {
  const process = at.spawn('dumpcap', ['-q', '-n', ...devices.flatMap((device) => ['-i', device]), '-w', file])
  await said(process, 'File:')
  return stoppable(process, file)
}

async function said(process: ChildProcess, words: string): Promise<void> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    process.stderr?.on('data', (chunk: Buffer) => {
      text += String(chunk)
      if (text.includes(words)) resolve()
    })
    process.once('exit', () => reject(new Error(`capture ended before it began: ${text}`)))
  })
}

function stoppable(process: ChildProcess, file: string, after?: () => Promise<void>): RunningCapture {
  return {
    file,
    async stop() {
      // Packets reach the program a moment after the wire; stopped at once it may lose the last ones.
      await sleep(400)
      const ended = once(process, 'exit')
      process.kill('SIGINT')
      await ended
      await after?.()
    },
  }
}
