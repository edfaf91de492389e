import type { NodeHint } from './facts.ts'
import type { Section } from './section.ts'

/** Commands whose output this tool reads, or that lead to one. */
const COMMANDS =
  'kubectl|k|oc|cilium|cilium-dbg|cilium-agent|hubble|helm|iptables|ip6tables|iptables-save|ip6tables-save|iptables-nft-save|iptables-legacy-save|ipset|ip|conntrack|nft|cat|docker|podman|nerdctl|crictl|ssh|sudo|nsenter|hostname|minikube|kind|grep'

const KNOWN_COMMAND = new RegExp(`^(?:sudo +)?(?:${COMMANDS})(?:\\s|$)`)

/** `user@host:~$ cmd`, `[root@host ~]# cmd`: unmistakable, whatever the command; also without one, where the paste ends. */
const HOST_PROMPT =
  /^(?<prompt>(?:\([\w.-]+\) ?)?(?:\[[\w.-]+@[^\]\n]{1,80}\] ?[$#%]|[\w.-]+@[\w.-]+(?::| [~/])[^$#%>\n]{0,80}[$#%>]))(?:[ \t]+(?<command>\S.*?))?[ \t]*$/

/** `host # cmd`, `bash-5.1# cmd`, `/ # cmd`, `PS C:\> cmd`, `❯ cmd`, `➜  ~ cmd`: a prompt where the command is one we know. */
const PROMPT = new RegExp(
  String.raw`^(?<prompt>(?:\([\w.-]+\) ?)?(?:\[[^\]\n]{1,80}\] ?[$#%]|[\w.-]+@[\w.-]+[$#%>]|[\w.~/-]{1,40} ?[$#%]|[$❯➜%λ]|PS [^>\n]{0,80}>)[ \t]+(?:~ )?)(?<command>(?:sudo +)?(?:${COMMANDS})(?:[ \t].*)?)$`,
  'u',
)

/** `# kubectl get nodes`: a root prompt without a host, or a comment. Only a known command makes it one. */
const ROOT_PROMPT = new RegExp(String.raw`^#[ \t]+(?<command>(?:sudo +)?(?:${COMMANDS})(?:[ \t].*)?)$`)

/** Lines that commands print beside their output; `cluster-metadata-formats.md` §1. */
const NOISE: readonly RegExp[] = [
  /^Defaulted container "[^"]*" out of: /,
  /^Found \d+ pods?, using pods?\//,
  /^Unable to use a TTY - input is not a terminal/,
  /^# Warning: (?:iptables|ip6tables)(?:-\w+)? tables present, use /,
  /^> Error while running '.*':/,
  /^command terminated with exit code \d+$/,
  /^level=\w+ msg=/,
  /^Unable to open .*\. Skipping\.$/,
  /^conntrack v[\d.]+ \(conntrack-tools\): \d+ flow entries/,
  /^i?pset v[\d.]+: The set with the given name does not exist$/,
]

/**
 * Cuts a pasted terminal session at its prompts: each command's output is a section of its own. A text without prompts is
 * one section. Lines that are noise become empty, so that line numbers hold.
 */
export function splitTranscript(piece: {
  readonly file: string
  readonly text: string
  readonly hint: NodeHint
  readonly command?: string | null
  readonly quiet?: boolean
}): Section[] {
  const { file, hint } = piece
  const lines = piece.text.split('\n')
  const sections: { start: number; end: number; command: string | null; words: readonly string[] }[] = [
    { start: 0, end: lines.length, command: piece.command ?? null, words: [] },
  ]
  let i = 0
  while (i < lines.length) {
    const prompt = promptAt(lines, i, sections.at(-1)?.start ?? 0)
    if (prompt === undefined) {
      i++
      continue
    }
    const last = sections.at(-1)
    if (last !== undefined) last.end = i
    i = prompt.next
    sections.push({ start: i, end: lines.length, command: prompt.command, words: prompt.words })
  }
  return sections
    .map(({ start, end, command, words }) => ({
      file,
      firstLine: start + 1,
      text: lines.slice(start, end).map(withoutNoise).join('\n'),
      command,
      quiet: piece.quiet ?? false,
      hint: { ...hint, words: [...words, ...hint.words] },
    }))
    .filter(({ text, command }, index) => text.trim() !== '' || (index > 0 && KNOWN_COMMAND.test(command ?? '')))
}

function withoutNoise(line: string): string {
  return NOISE.some((noise) => noise.test(line)) ? '' : line
}

interface Prompt {
  readonly command: string
  readonly words: readonly string[]
  /** Index of the first line of the output. */
  readonly next: number
}

function promptAt(lines: readonly string[], at: number, sectionStart: number): Prompt | undefined {
  const line = lines[at] ?? ''
  const root = ROOT_PROMPT.exec(line)
  const found =
    root === null
      ? (HOST_PROMPT.exec(line) ?? PROMPT.exec(line))
      : couldBeRootPrompt(lines, at, sectionStart)
        ? root
        : null
  const groups = found?.groups
  if (groups === undefined) return undefined
  let command = groups.command ?? ''
  let next = at + 1
  while (command.endsWith('\\') && next < lines.length)
    command = `${command.slice(0, -1)} ${(lines[next++] ?? '').trim()}`
  // Helm and cilium install lines are inputs themselves: what they set is on the command line.
  if (/\b(?:helm|cilium)\b.*\s--(?:helm-)?set/.test(command)) return undefined
  return { command, words: hintWords(groups.prompt ?? '', command), next }
}

/** A `# kubectl …` line inside a manifest is a comment; at the top, or after a blank line, it is a prompt. */
function couldBeRootPrompt(lines: readonly string[], at: number, sectionStart: number): boolean {
  const before = lines.slice(sectionStart, at).find((line) => line.trim() !== '' && !line.startsWith('#'))
  return (
    before === undefined ||
    (lines[at - 1]?.trim() === '' && !/^(?:apiVersion|kind|items|data|metadata):|^[{[]/.test(before))
  )
}

/** Words that may name the node: the pod or host a command goes to first, then the prompt's host. */
function hintWords(prompt: string, command: string): string[] {
  const host = /(?:^|[[(\s])[\w.-]+@([\w.-]+)/.exec(prompt)?.[1]
  const words = command.split(/\s+/).filter((word) => /^[\w./@-]+$/.test(word) && !word.startsWith('-'))
  const target = words.map((word) => word.replace(/^[\w.-]+@/, ''))
  return [...target, ...(host === undefined ? [] : [host])]
}
