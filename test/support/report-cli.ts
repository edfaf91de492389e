import { PassThrough, Readable } from 'node:stream'
import { main } from '../../src/cli/main.ts'

export interface CliResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line in this process, with text or octets as standard input. */
export async function runCli(argv: readonly string[], stdin: string | Uint8Array = ''): Promise<CliResult> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const [out, err] = [gather(stdout), gather(stderr)]
  const status = await main(argv, { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr })
  stdout.end()
  stderr.end()
  return { status, stdout: await out, stderr: await err }
}

async function gather(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
