import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentSchema } from '../../src/report/records/schemas.ts'
import { runCli } from '../support/report-cli.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SEED = join(ROOT, 'captures/seed')
const LAB = join(ROOT, 'captures/lab-iptables')
const BPF = join(SEED, 'cluster-bpf')
const folder = mkdtempSync(join(tmpdir(), 'masqcheck-analyze-'))
const leak = join(folder, 'leak.txt')

beforeAll(() => {
  // The seed's first capture as it would look if nothing had masqueraded the pod.
  const text = readFileSync(join(SEED, 'nginx-eth0.txt'), 'utf8')
  writeFileSync(leak, text.replaceAll('172.17.0.4.', '10.244.2.53.'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function analyse(...argv: string[]) {
  const { status, stdout, stderr } = await runCli([...argv, '--format', 'json'])
  return { status, stderr, document: documentSchema.parse(JSON.parse(stdout)) }
}

describe('the seed', () => {
  test('is consistent: a masqueraded pod, and a pod that keeps its address towards a node', async () => {
    const { status, document } = await analyse(SEED)
    expect(status).toBe(0)
    const flows = document.flows.map(({ source, destination, nat }) => [
      source.kind,
      destination.kind,
      nat?.expected?.action,
      nat?.expected?.rule,
      nat?.verdict,
    ])
    expect(flows).toEqual(
      expect.arrayContaining([
        ['node', 'external', 'masquerade', 'local-endpoint', 'consistent'],
        ['pod', 'node', 'preserve', 'remote-node', 'consistent'],
      ]),
    )
  }, 60_000)

  test('needs no command and takes one', async () => {
    const [bare, named] = await Promise.all([runCli([SEED]), runCli(['analyze', SEED])])
    expect(bare).toEqual(named)
    expect(bare.stdout).toContain('2 flows · 0 contradictions · 2 consistent')
  })

  test('--cluster replaces what captures.yaml names', async () => {
    const { document } = await analyse(SEED, '--cluster', join(SEED, 'cluster-iptables'))
    expect(new Set(document.flows.map(({ nat }) => nat?.expected?.engine))).toEqual(new Set(['iptables']))
  })

  test('an exclusion that holds the destination changes the verdict, and the explanation names the rule', async () => {
    const { document } = await analyse(
      join(SEED, 'nginx-eth0.txt'),
      '--cluster',
      join(BPF, 'nodes-and-pods.yaml'),
      join(BPF, 'cilium-config.yaml'),
      '--native-routing-cidr',
      '172.17.0.0/16',
    )
    expect(document.flows[0]?.nat?.expected).toMatchObject({ action: 'preserve', rule: 'exclusion-cidr' })
  })
})

describe('a pod address past the SNAT point', () => {
  test('is a contradiction and status 1', async () => {
    const { status, document } = await analyse(leak, '--cluster', BPF)
    expect(status).toBe(1)
    expect(document.flows[0]?.nat).toMatchObject({ verdict: 'contradiction', code: 'MASQUERADE_MISSING' })
    expect(document.summary.codes).toEqual({ MASQUERADE_MISSING: 1 })
  })

  test.each([
    ['table', /MASQUERADE_MISSING: pod address kept/],
    ['junit', /<failure .*type="MASQUERADE_MISSING"/],
    ['github', /^::error title=MASQUERADE_MISSING/],
    ['tap', /^not ok \d+ - flow 1/m],
  ])('shows in %s', async (format, expected) => {
    const { status, stdout } = await runCli([leak, '--cluster', BPF, '--format', format])
    expect(status).toBe(1)
    expect(stdout).toMatch(expected)
  })

  test('--fail-on never reports it all the same, with status 0', async () => {
    const { status, document } = await analyse(leak, '--cluster', BPF, '--fail-on', 'never')
    expect(status).toBe(0)
    expect(document.summary.verdicts.contradiction).toBe(1)
  })

  test('--what-if shows which flows other settings would change', async () => {
    const { document } = await analyse(leak, '--cluster', BPF, '--what-if', 'ipv4-native-routing-cidr=172.17.0.0/16')
    expect(document.whatIf).toMatchObject([
      { flow: '1', before: { code: 'MASQUERADE_MISSING' }, after: { verdict: 'consistent' } },
    ])
  })

  test('comes in by standard input too', async () => {
    const { status, stdout } = await runCli(['-', '--cluster', BPF, '--format', 'ndjson'], readFileSync(leak))
    expect(status).toBe(1)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).record),
    ).toContain('flow')
  })

  test('says so where --cluster has swallowed one of several captures', async () => {
    const { stderr } = await runCli([leak, '--cluster', BPF, join(SEED, 'nginx-eth0.txt')])
    expect(stderr).toMatch(/nginx-eth0\.txt: is a capture that --cluster has taken for metadata/)
  })

  test('is told from the capture that --cluster has swallowed', async () => {
    const { status } = await runCli(['--cluster', BPF, leak])
    expect(status).toBe(1)
  })
})

describe('expectations', () => {
  const file = join(folder, 'expectations.yaml')
  const write = (nat: string): void =>
    writeFileSync(
      file,
      `expectations:\n  - name: the pod keeps its address\n    flow: { from: pod/default/net-client, to: '172.17.0.6:80' }\n    nat: ${nat}\n    min: 1\n`,
    )

  test('that fail are status 1, whatever --fail-on says', async () => {
    write('masquerade')
    const { status, document } = await analyse(leak, '--cluster', BPF, '--expect', file, '--fail-on', 'never')
    expect(status).toBe(1)
    expect(document.expectations).toMatchObject([{ name: 'the pod keeps its address', status: 'failed' }])
  })

  test('that are met are status 0', async () => {
    write('preserve')
    const { status, document } = await analyse(leak, '--cluster', BPF, '--expect', file, '--fail-on', 'never')
    expect(status).toBe(0)
    expect(document.expectations).toMatchObject([{ status: 'passed' }])
  })

  test('that cannot be read are status 2', async () => {
    writeFileSync(file, 'expectations: 7')
    const { status, stderr } = await runCli([leak, '--cluster', BPF, '--expect', file])
    expect(status).toBe(2)
    expect(stderr).toMatch(/expectations\.yaml:1: [\s\S]*it has the form\n +expectations:/)
  })
})

describe('inputs that cannot be analysed are one clear message and status 2', () => {
  const empty = join(folder, 'empty.pcap')
  const prose = join(folder, 'prose.txt')
  const bare = join(folder, 'bare')
  beforeAll(() => {
    writeFileSync(empty, '')
    mkdirSync(bare)
    writeFileSync(prose, 'Dear colleague,\nplease find attached nothing at all.\n')
  })

  test.each([
    ['an empty file', () => [empty], /empty\.pcap: .*empty/i],
    ['text that is no capture', () => [prose], /prose\.txt: .*no capture/],
    ['a file that is not there', () => [join(folder, 'missing.pcap')], /No such file/],
    ['a command mistyped', () => ['analyse', leak], /Did you mean the command analyze\?/],
    ['a point that is none', () => [leak, '--at', 'somewhere'], /no capture point/],
    [
      'options that contradict each other',
      () => [leak, '--masquerade', 'iptables', '--non-masquerade-cidr', '10.0.0.0/8'],
      /contradict each other/,
    ],
    ['a format that is none', () => [leak, '--format', 'xls'], /Allowed choices are table, json/],
    [
      'an output that cannot be written',
      () => [leak, '--cluster', BPF, '-o', join(folder, 'no/such/x.json')],
      /the folder does not exist/,
    ],
    ['no capture at all', () => ['analyze'], /No capture is given/],
    ['metadata that is none', () => [leak, '--cluster', prose], /prose\.txt: no cluster metadata \(it begins with/],
    ['metadata that is a capture', () => [leak, '--cluster', leak], /no cluster metadata \(it is a capture/],
    ['metadata that is none, for flows', () => ['flows', leak, '--cluster', prose], /prose\.txt: no cluster metadata/],
    ['a folder without metadata', () => [leak, '--cluster', bare], /no cluster metadata \(there is no file in it\)/],
    ['a folder without metadata to lint', () => ['lint', bare], /no cluster metadata/],
    ['an option that is none', () => [leak, '--bogus'], /unknown option '--bogus'\n\(masqcheck analyze --help/],
    [
      'a setting that is none',
      () => [leak, '--what-if', 'enable-bpf-masq=true'],
      /did you mean enable-bpf-masquerade\?/,
    ],
    [
      'a format that cannot show what was asked for',
      () => [leak, '--what-if', 'masquerade=iptables', '-f', 'junit'],
      /--what-if shows in table, markdown, html, github, json, ndjson; junit has no place/,
    ],
    ['a version that is none', () => [leak, '--cilium-version', 'new'], /a version such as 1\.17/],
    ['a field that is none', () => [leak, '--where', 'sorce.kind == pod'], /did you mean source\.kind\?/],
    ['a folder as output', () => [leak, '-o', bare], /it is a folder/],
  ])('%s', async (_, argv, message) => {
    const { status, stdout, stderr } = await runCli(argv())
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect([status, stdout]).toEqual([2, ''])
  })

  test('a truncated pcap is read up to the cut, with a warning that names the place', async () => {
    const cut = join(folder, 'cut.pcap')
    writeFileSync(cut, readFileSync(join(LAB, 'n1-eth0.pcap')))
    truncateSync(cut, 700)
    const { status, stderr, document } = await analyse(cut)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^masqcheck: warning: .*cut\.pcap/m)
    expect(document.summary.packets).toBeGreaterThan(0)
    expect(document.summary.warnings.map(({ code }) => code)).toContain('capture-truncated')
  })
})

describe('outputs', () => {
  test('go to several files at once, and standard output stays empty', async () => {
    const [junit, json] = [join(folder, 'r.xml'), join(folder, 'r.json')]
    const { status, stdout, stderr } = await runCli([leak, '--cluster', BPF, '-o', `junit:${junit}`, '-o', json])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('1 flow: 1 contradiction')
    expect(readFileSync(junit, 'utf8')).toContain('<testsuites')
    expect(JSON.parse(readFileSync(json, 'utf8')).schemaVersion).toBe(1)
  })

  test('--quiet says nothing beside', async () => {
    const { stderr } = await runCli([leak, '--cluster', BPF, '-q', '-o', join(folder, 'q.json')])
    expect(stderr).toBe('')
  })

  test('--verbose says what each metadata file turned out to be', async () => {
    const { stderr } = await runCli([leak, '--cluster', BPF, '-v'])
    expect(stderr).toMatch(/read .*cilium-config\.yaml: cilium-config/)
  })

  test('--limit, --sort and --all choose what is listed', async () => {
    const { stdout } = await runCli([LAB, '--all', '--sort', '-id', '--limit', '3'])
    expect(stdout.match(/^ *\d+ {2}(?:TCP|UDP|ICMP)/gm)).toHaveLength(3)
  })
})

const built = existsSync(join(ROOT, 'dist/bin/main.cjs'))

describe.skipIf(!built)('as a process of its own (after npm run build)', () => {
  const start = (argv: readonly string[]) =>
    spawn(process.execPath, [join(ROOT, 'bin/masqcheck.js'), ...argv], { cwd: ROOT })
  const ended = (child: ReturnType<typeof start>): Promise<number | null> =>
    new Promise((done) => child.on('close', (code) => done(code)))

  test.skipIf(!existsSync('/dev/full'))('a full disk is status 2, and no contradiction', () => {
    const command = `'${process.execPath}' bin/masqcheck.js flows captures/lab-iptables --format ndjson > /dev/full`
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: ROOT, encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, 'masqcheck: standard output: cannot be written: no space is left\n'])
  })

  test('a closed pipe ends it quietly', async () => {
    const child = start(['flows', 'captures/lab-iptables', '--format', 'ndjson'])
    let errors = ''
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.stdout.destroy()
    expect(await ended(child)).toBe(0)
    expect(errors).toBe('')
  }, 60_000)

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s leaves what was read, says so, and is status %i',
    async (signal, status) => {
      const child = start(['flows', '-', '--format', 'ndjson'])
      let [out, errors] = ['', '']
      child.stdout.on('data', (chunk) => {
        out += chunk
      })
      child.stderr.on('data', (chunk) => {
        errors += chunk
      })
      // Standard input stays open: only the signal ends the run.
      child.stdin.write(readFileSync(join(SEED, 'nginx-eth0.txt')))
      await new Promise((done) => setTimeout(done, 6000))
      child.kill(signal)
      expect(await ended(child)).toBe(status)
      expect(errors).toContain('interrupted')
      expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ record: 'summary', interrupted: true })
    },
    60_000,
  )
})

describe('--where', () => {
  test('keeps what matches, in counts and status too', async () => {
    const { status, document } = await analyse(leak, '--cluster', BPF, '--where', 'verdict == consistent')
    expect(status).toBe(0)
    expect(document.flows).toEqual([])
    expect(document.summary).toMatchObject({ flows: 0, codes: {} })
  })

  test('points at a mistake before anything is read', async () => {
    const { status, stderr } = await runCli([join(folder, 'not-read.pcap'), '--where', 'source.knd == "pod"'])
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^masqcheck: --where, column 1: .*did you mean source\.kind.*\n {2}source\.knd == "pod"\n {2}\^\n$/,
    )
  })
})
