import { expect, test } from 'vitest'
import { HeadLine } from '../../../src/capture/tcpdump-text/head-line.ts'
import { SectionTable } from '../../../src/capture/tcpdump-text/section-table.ts'
import { WarningLog } from '../../../src/capture/warning-log.ts'
import { octets } from '../../support/text-decode.ts'

function headOf(line: string): { head: HeadLine; bytes: Uint8Array } {
  const head = new HeadLine()
  const bytes = octets(line)
  head.read(bytes, 0, bytes.length)
  return { head, bytes }
}

test('an interface for each name a section meets, one for lines without', () => {
  const table = new SectionTable(new WarningLog('x'))
  const indices = ['eth0  In  IP a', 'lxc1  Out IP a', 'eth0  Out IP a', 'IP a', 'lxc1  In  IP a', 'IP b'].map(
    (line) => {
      const { head, bytes } = headOf(line)
      return table.interfaceOf(table.current, head, bytes)
    },
  )
  expect(indices).toEqual([0, 1, 0, 2, 1, 2])
  expect(table.interfaces.map(({ name, section }) => [name, section])).toEqual([
    ['eth0', 0],
    ['lxc1', 0],
    [null, 0],
  ])
})

test('sections are numbered as their first packets come, not as their banners do', () => {
  const table = new SectionTable(new WarningLog('x'))
  table.of('pod-a')
  const b = table.of('pod-b')
  const { head, bytes } = headOf('IP a')
  table.interfaceOf(b, head, bytes)
  table.interfaceOf(table.of('pod-a'), head, bytes)
  expect([b.index, table.of('pod-a').index]).toEqual([0, 1])
  expect(table.interfaceOf(table.replace(b), head, bytes)).toBe(2)
  expect(table.interfaces[2]?.section).toBe(2)
})

test('the number of sections and of names is bounded', () => {
  const log = new WarningLog('x')
  const table = new SectionTable(log)
  for (let i = 0; i < 5000; i++) {
    const { head, bytes } = headOf(`eth${i}  In  IP a`)
    const section = table.replace(table.current)
    table.interfaceOf(section, head, bytes)
  }
  for (let i = 0; i < 3000; i++) {
    const { head, bytes } = headOf(`veth${i}  In  IP a`)
    expect(table.interfaces[table.interfaceOf(table.current, head, bytes)]).toBeDefined()
  }
  expect(table.interfaces.length).toBeLessThan(5200)
  expect(log.list.map(({ code }) => code)).toContain('text-section-limit')
})
