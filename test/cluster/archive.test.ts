import { describe, expect, test } from 'vitest'
import { archiveKind, readTar, readZip } from '../../src/cluster/archive.ts'
import { makeTar, makeZip } from '../support/cluster-archives.ts'

const FILES = [
  { name: 'sysdump/nodes.json', data: '{}' },
  { name: 'sysdump/logs/agent.txt', data: 'x' },
  { name: 'sysdump/agent.log', data: 'x' },
  { name: 'sysdump/heap.pprof', data: 'x' },
]
const namesOf = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name)

describe('an archive', () => {
  test('is told by its first octets', async () => {
    expect(archiveKind(makeZip(FILES))).toBe('zip')
    expect(archiveKind(makeZip([]))).toBe('zip')
    expect(archiveKind(await makeTar(FILES))).toBe('tar')
    expect(archiveKind(Buffer.from([0x1f, 0x8b, 8]))).toBe('gzip')
    for (const text of ['', 'P', 'PK', 'apiVersion: v1\n']) expect(archiveKind(Buffer.from(text))).toBeNull()
  })

  test('gives its files whole, and leaves out logs and profiles', async () => {
    for (const entries of [
      await readZip({ name: 'a.zip', bytes: makeZip(FILES) }),
      await readTar({ name: 'a.tar', bytes: await makeTar(FILES) }),
    ]) {
      expect(namesOf(entries)).toEqual(['sysdump/nodes.json'])
      expect(Buffer.from(entries[0]?.bytes ?? []).toString()).toBe('{}')
    }
  })

  test('that is cut off is named as unreadable', async () => {
    const zip = makeZip(FILES)
    for (const length of [4, 30, zip.length - 1]) {
      await expect(readZip({ name: 'a.zip', bytes: zip.subarray(0, length) })).rejects.toMatchObject({
        code: 'CLUSTER_UNREADABLE',
        message: expect.stringContaining('a.zip'),
      })
    }
  })

  test('whose names climb out of it is refused', async () => {
    const bytes = makeZip([{ name: '../../etc/nodes.json', data: '{}' }])
    await expect(readZip({ name: 'a.zip', bytes })).rejects.toMatchObject({ code: 'CLUSTER_UNREADABLE' })
  })

  test('that unpacks as no text does is refused, with the way out', async () => {
    const bytes = makeZip([{ name: 'nodes.json', data: Buffer.alloc(4 * 1024 * 1024) }])
    await expect(readZip({ name: 'bomb.zip', bytes })).rejects.toMatchObject({
      code: 'CLUSTER_LIMIT',
      message: expect.stringMatching(/^bomb\.zip: .*unpack it/),
    })
  })
})
