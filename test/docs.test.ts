import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'

const ROOT = resolve(import.meta.dirname, '..')
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Words of a shell line: quotes are all the docs use. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

/** masqcheck commands in the `sh` blocks of a page; blocks of another kind need files a reader brings along. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap((match) => (match[1] ?? '').split('\n'))
    .flatMap((line) => /(?:^|&& )(?:masqcheck|node bin\/masqcheck\.js) (.*)$/.exec(line)?.[1] ?? [])
}

async function run(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end()
  const collected = [stdout, stderr].map(async (stream) => {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  })
  const status = await main([...args], { stdin, stdout, stderr } as unknown as Parameters<typeof main>[1])
  stdout.end()
  stderr.end()
  const [out = '', err = ''] = await Promise.all(collected)
  return { status, stdout: out, stderr: err }
}

const before = process.cwd()
beforeAll(() => process.chdir(ROOT))
afterAll(() => process.chdir(before))

describe('every command in the docs runs', () => {
  const commands = PAGES.flatMap((page) => commandsOf(page).map((command) => [page, command] as const))

  test('there are some', () => {
    expect(commands.length).toBeGreaterThan(10)
  })

  test.each(commands)('%s: masqcheck %s', { timeout: 30_000 }, async (_page, command) => {
    const { status, stdout, stderr } = await run(words(command))
    expect(stderr).not.toMatch(/^masqcheck: (?!warning)/m)
    expect([0, 1]).toContain(status)
    expect(stdout).not.toBe('')
  })
})

test('the README shows what its first command prints', async () => {
  const shown = /```text\n\n?(#\s+proto[\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]
  const { stdout } = await run(['captures/seed'])
  expect(stdout.trimEnd()).toBe(shown?.trimEnd())
})

test('links between pages lead somewhere', () => {
  const broken = PAGES.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        try {
          readFileSync(join(ROOT, page, '..', target))
          return false
        } catch (error) {
          return (error as NodeJS.ErrnoException).code !== 'EISDIR'
        }
      })
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})
