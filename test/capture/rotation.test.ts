import { describe, expect, test } from 'vitest'
import { rotationStem } from '../../src/capture/rotation.ts'

describe('rotationStem()', () => {
  test.each([
    ['tcpdump -C', ['cap.pcap', 'cap.pcap1', 'cap.pcap2', 'cap.pcap10']],
    ['tcpdump -C without an ending', ['trace', 'trace1', 'trace2']],
    ['tcpdump -C -W', ['cap.pcap00', 'cap.pcap01', 'cap.pcap11']],
    ['tcpdump -C -z gzip', ['cap.pcap.gz', 'cap.pcap1.gz', 'cap.pcap2']],
    [
      'tcpdump -G with date and time',
      ['t-2025-08-01_11-56-28.pcap', 't-2025-08-01_12-56-28.pcap', 't-2025-08-02_00-56-28.pcap'],
    ],
    ['tcpdump -G in one piece', ['t20250801115628.pcap', 't20250801125628.pcap']],
    ['tcpdump -G with seconds since 1970', ['t.1754049388.pcap', 't.1754052988.pcap']],
    ['tcpdump -G -C', ['t-20250801-115628.pcap', 't-20250801-115628.pcap1', 't-20250801-125628.pcap']],
    ['dumpcap -b', ['ring_00001_20250801125841.pcapng', 'ring_00002_20250801125901.pcapng']],
    ['dumpcap -b nametimenum', ['ring_20250801125841_00001.pcapng', 'ring_20250801125901_00002.pcapng']],
  ])('is one for the files of %s', (_, names) => {
    expect(new Set(names.map(rotationStem)).size).toBe(1)
  })

  test.each([
    ['nodes', 'node1.pcap', 'node2.pcap'],
    ['devices', 'eth0', 'eth1'],
    ['devices with an ending', 'n1-eth0.pcap', 'n1-eth1.pcap'],
    ['captures before and after', 'before.pcap', 'after.pcap'],
    ['numbers in front of the ending', 'case1.pcap', 'case2.pcap'],
    ['formats', 'cap.pcap', 'cap.pcapng'],
    ['dates that are none', 'x-20251301.pcap', 'x-20251401.pcap'],
    ['names that begin alike', 'ring_00001_20250801125841.pcapng', 'rung_00002_20250801125901.pcapng'],
  ])('differs for %s', (_, a, b) => {
    expect(rotationStem(a)).not.toBe(rotationStem(b))
  })
})
