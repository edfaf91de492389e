/** What a tcpdump command line says of the capture it starts. */
export interface TcpdumpCommand {
  /** From the first word of the command to the end of the line: `kubectl exec … -- tcpdump …` whole. */
  readonly text: string
  /** The machine it ran on, where the prompt or the command names it. */
  readonly host: string | null
  readonly interface: string | null
  /** The filter expression, without quotes. */
  readonly filter: string | null
  /** Number of `t` given: 0 to 5. */
  readonly timeFlags: number
  /** `-S`: numbers are absolute. */
  readonly absoluteSequence: boolean
  /** `-s`; 0 where not given or not limited. */
  readonly snapLength: number
}

/** Options that take a value (tcpdump.1), single letters. */
const WITH_VALUE = 'BcCEFGijmMrsTVwWyzZQ'
const LONG_WITH_VALUE =
  /^--(?:interface|buffer-size|time-stamp-type|time-stamp-precision|snapshot-length|linktype|direction|relinquish-privileges|count|skip|print-sampling)$/

const TCPDUMP_WORD = /(?:^|[\s/"'(])tcpdump(?=\s|$)/
const WRAPPERS =
  /^(?:sudo|kubectl|oc|k|docker|podman|nerdctl|crictl|nsenter|ip|ssh|timeout|stdbuf|unbuffer|env|time|nohup|strace|exec|minikube|kind|vagrant|chroot|systemd-run|lxc|incus|nice|script|cd|\w+=\S*)\b/
/** A filter's or option's first word; prose such as "tcpdump shows" has neither. */
const ARGUMENT =
  /^(?:-|$|["'(!]|(?:host|net|port|portrange|tcp|udp|icmp6?|ip6?|arp|src|dst|not|ether|vlan|proto|greater|less|esp|sctp|and|or|broadcast|multicast|inbound|outbound|gateway|\||>|2>|&)(?:\b|$))/
const PROMPT = /^(?:.*?[#$%>❯]|\S+) +/

/** Reads a line with a prompt and a tcpdump command; `undefined` where the line is none. */
export function parseCommandLine(line: string): TcpdumpCommand | undefined {
  const match = TCPDUMP_WORD.exec(line)
  if (match === null || line.length > 4096) return undefined
  const word = match.index + match[0].length - 'tcpdump'.length
  const after = line.slice(word + 'tcpdump'.length).trim()
  if (!ARGUMENT.test(after)) return undefined
  const start = commandStart(line, word)
  if (start === undefined) return undefined
  const text = line.slice(start).trim()
  const prompt = line.slice(0, start)
  return { text, host: hostOf(prompt, line.slice(start, word)), ...parseArguments(after) }
}

// The command begins at the line's start, behind a prompt character, or (a prompt without one) at a known wrapper.
function commandStart(line: string, word: number): number | undefined {
  const before = line.slice(0, word)
  const path = before.length - (/[\w./~-]*\/$/.exec(before)?.[0].length ?? 0)
  if (before.slice(0, path).trim() === '' || WRAPPERS.test(before.trimStart()))
    return before.length - before.trimStart().length
  for (const prompt of before.matchAll(/[#$%>❯]\s+|[#$%❯](?=\S)/g)) {
    const at = prompt.index + prompt[0].length
    const rest = before.slice(at).trimStart()
    if (rest === '' || before.slice(at, path).trim() === '' || WRAPPERS.test(rest)) return before.length - rest.length
  }
  const bare = PROMPT.exec(before)?.[0].length ?? 0
  return bare > 0 && WRAPPERS.test(before.slice(bare)) ? bare : undefined
}

// `user@HOST:path# `, `[user@HOST dir]$ `, `HOST:~ # `.
const PROMPT_HOST = /(?:[\w.-]+@|^(?=[\w.-]+:[~/]))(?<host>[A-Za-z0-9][\w.-]*)/

/** The host of the prompt, where the command does not enter another place. */
function hostOf(prompt: string, wrapper: string): string | null {
  const container = /\b(?:docker|podman|nerdctl)\s+exec\s+(?:-\S+\s+(?:[^-\s]\S*=\S+\s+)?)*(?<name>[\w.-]+)\s/.exec(
    wrapper,
  )?.groups?.name
  if (container !== undefined) return container
  const node = /\bkubectl\b.*\bdebug\b.*\bnode\/(?<name>[\w.-]+)/.exec(wrapper)?.groups?.name
  if (node !== undefined) return node
  const remote = /\bssh\s+(?:-\S+\s+)*(?:[\w.-]+@)?(?<name>[\w.-]+)\s/.exec(wrapper)?.groups?.name
  if (remote !== undefined) return remote
  if (/\b(?:kubectl|oc|crictl)\b.*\bexec\b|\bip\s+netns\s+exec\b/.test(wrapper)) return null
  if (/\bnsenter\b/.test(wrapper) && !/(?:-t|--target)[ =]?1\s/.test(wrapper)) return null
  return PROMPT_HOST.exec(prompt)?.groups?.host ?? null
}

type Arguments = Omit<TcpdumpCommand, 'text' | 'host'>

/** GNU getopt permutes: options may stand behind words of the filter. */
function parseArguments(text: string): Arguments {
  const found = { interface: null as string | null, timeFlags: 0, absoluteSequence: false, snapLength: 0 }
  const filter: string[] = []
  const words = splitWords(text)
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (/^(?:\||&&?|;|\d?>>?|\d?>&?\d?.*|<)$/.test(word)) break
    if (word.startsWith('--')) {
      const [name = '', inline] = word.split('=', 2)
      const value = inline ?? (LONG_WITH_VALUE.test(name) ? words[++i] : undefined)
      if (name === '--interface' && value !== undefined) found.interface = value
      if (name === '--absolute-tcp-sequence-numbers') found.absoluteSequence = true
      if (name === '--snapshot-length') found.snapLength = Number(value) || 0
    } else if (word.startsWith('-') && word.length > 1) {
      if (shortOptions(word.slice(1), words[i + 1], found)) i++
    } else filter.push(word)
  }
  return { ...found, filter: filter.length === 0 ? null : filter.join(' ') }
}

/** Reads a cluster such as `-nni`. @returns Whether the next word was its value. */
function shortOptions(
  cluster: string,
  next: string | undefined,
  found: Omit<{ -readonly [K in keyof Arguments]: Arguments[K] }, 'filter'>,
): boolean {
  for (let i = 0; i < cluster.length; i++) {
    const letter = cluster[i] ?? ''
    if (letter === 't') found.timeFlags = Math.min(5, found.timeFlags + 1)
    if (letter === 'S') found.absoluteSequence = true
    if (!WITH_VALUE.includes(letter)) continue
    const inline = cluster.slice(i + 1)
    const value = inline === '' ? next : inline
    if (letter === 'i') found.interface = value ?? null
    if (letter === 's') found.snapLength = Number(value) || 0
    return inline === ''
  }
  return false
}

function splitWords(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)) {
    words.push((match[1] ?? match[2] ?? match[3] ?? '').replace(/^\\(?=[()])/, ''))
  }
  return words
}
