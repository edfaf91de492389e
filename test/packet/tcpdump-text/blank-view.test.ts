import { expect, test } from 'vitest'
import { CaptureRecord } from '../../../src/capture/record.ts'
import { PacketView } from '../../../src/packet/packet-view.ts'
import { blankInnerView, blankView } from '../../../src/packet/tcpdump-text/blank-view.ts'

/** Fields that are read only where a decoder has set them: nothing of a text leaves them unsaid. */
const ALWAYS_SET =
  /^(status|layer|reason|protocol|ipLength|fragmentId|fragmentLength|ipVersion|src\d|dst\d|tsVal|tsEcr|icmp|quoted|outer)/

function dirty(): PacketView {
  const view = new PacketView()
  for (const key of Object.keys(view)) Object.assign(view, { [key]: 77 })
  return view
}

test('blankView() leaves nothing of the packet before that is read without being set', () => {
  const view = dirty()
  blankView(
    view,
    Object.assign(new CaptureRecord(), {
      number: 5,
      timeSec: 6,
      timeNsec: 7,
      interfaceIndex: 2,
      direction: 1,
      sllPacketType: 4,
      hasTime: false,
    }),
  )
  const left = Object.entries(view).filter(([key, value]) => value === 77 && !ALWAYS_SET.test(key))
  expect(left).toEqual([])
  expect(view).toMatchObject({
    recordNumber: 5,
    timeSec: 6,
    timeNsec: 7,
    interfaceIndex: 2,
    direction: 1,
    sllPacketType: 4,
    hasTime: false,
  })
})

test('blankInnerView() takes over what belongs to the outermost packet', () => {
  const outermost = Object.assign(new PacketView(), {
    ipVersion: 6,
    src0: 1,
    src1: 2,
    src2: 3,
    src3: 4,
    dst0: 5,
    dst1: 6,
    dst2: 7,
    dst3: 8,
    vlan: 9,
    ifindex: 10,
    direction: 2,
  })
  const inner = dirty()
  blankInnerView(inner, outermost, new CaptureRecord(), 3)
  expect(inner).toMatchObject({
    depth: 3,
    vlan: 9,
    ifindex: 10,
    direction: 2,
    outerIpVersion: 6,
    outerSrc0: 1,
    outerSrc3: 4,
    outerDst0: 5,
    outerDst3: 8,
    mss: -1,
  })
})
