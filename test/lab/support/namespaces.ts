import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const AGENT = join(import.meta.dirname, 'agent.js')

/** Why the lab cannot run on this machine, or `null` where it can. */
export function labUnavailable(): string | null {
  if (process.getuid?.() !== 0) return 'needs root'
  for (const tool of ['ip', 'iptables', 'ipset', 'conntrack', 'tcpdump', 'nsenter']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `needs ${tool}`
  }
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return 'network namespaces are not allowed here'
  return null
}

/** Runs a program outside any namespace and returns what it printed; throws with its error output. */
export function run(command: string, args: readonly string[], input?: string): string {
  return execFileSync(command, args, { encoding: 'utf8', ...(input === undefined ? {} : { input }) })
}

type AgentAnswer = Record<string, unknown>

/** One network namespace: a node, a pod, an outside host. Make it through {@link Namespaces}. */
export class Namespace {
  readonly name: string
  /** Name as `ip netns` knows it. */
  readonly id: string
  #agent: ChildProcess | null = null
  #nextId = 0
  readonly #waiting = new Map<number, (answer: AgentAnswer) => void>()

  constructor(name: string, id: string) {
    this.name = name
    this.id = id
  }

  /** Runs a program in the namespace; throws with its error output when it fails. */
  exec(command: string, args: readonly string[], input?: string): string {
    return run('nsenter', [`--net=/run/netns/${this.id}`, command, ...args], input)
  }

  /** Starts a program in the namespace; the caller ends it. */
  spawn(command: string, args: readonly string[], stderr: 'pipe' | 'inherit' = 'pipe'): ChildProcess {
    return spawn('nsenter', [`--net=/run/netns/${this.id}`, command, ...args], { stdio: ['pipe', 'pipe', stderr] })
  }

  /** `key` as in sysctl, below `net.`; written through /proc inside the namespace. */
  sysctl(key: string, value: number): void {
    this.exec('sh', ['-c', `echo ${value} > /proc/sys/net/${key.replaceAll('.', '/')}`])
  }

  /** Has the namespace's traffic agent (agent.js) do something; rejects with the agent's error. */
  async agent(command: string, options: Record<string, unknown> = {}): Promise<AgentAnswer> {
    const agent = this.#agent ?? this.#startAgent()
    const id = ++this.#nextId
    const answer = new Promise<AgentAnswer>((resolve) => this.#waiting.set(id, resolve))
    agent.stdin?.write(`${JSON.stringify({ id, command, ...options })}\n`)
    const result = await answer
    if (typeof result.error === 'string') throw new Error(`${this.name}: ${command}: ${result.error}`)
    return result
  }

  async stop(): Promise<void> {
    if (!this.#agent) return
    const ended = once(this.#agent, 'exit')
    this.#agent.kill('SIGKILL')
    await ended
    this.#agent = null
  }

  #startAgent(): ChildProcess {
    const agent = this.spawn(process.execPath, [AGENT], 'inherit')
    const lines = createInterface({ input: agent.stdout as NodeJS.ReadableStream })
    lines.on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as { id: number } & AgentAnswer
      this.#waiting.get(id)?.(answer)
      this.#waiting.delete(id)
    })
    this.#agent = agent
    return agent
  }
}

/** The namespaces of one lab cluster. Clusters are played side by side: the prefix is this one's alone. */
export class Namespaces {
  readonly prefix: string = `masqcheck-${randomUUID()}`
  readonly #all: Namespace[] = []

  add(name: string): Namespace {
    const namespace = new Namespace(name, `${this.prefix}-${name}`)
    run('ip', ['netns', 'add', namespace.id])
    this.#all.push(namespace)
    namespace.exec('ip', ['link', 'set', 'lo', 'up'])
    return namespace
  }

  /** Veth pair: `device` in `a`, `peerDevice` in `b`, both up. Checksums are computed so that captures hold right ones. */
  link(a: Namespace, device: string, b: Namespace, peerDevice: string): void {
    a.exec('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', peerDevice, 'netns', b.id])
    for (const [namespace, name] of [
      [a, device],
      [b, peerDevice],
    ] as const) {
      namespace.exec('ethtool', ['-K', name, 'tx', 'off'])
      namespace.exec('ip', ['link', 'set', name, 'up'])
    }
  }

  async cleanUp(): Promise<void> {
    for (const namespace of this.#all) await namespace.stop()
    for (const namespace of this.#all) run('ip', ['netns', 'delete', namespace.id])
    this.#all.length = 0
  }
}
