import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { overlayFacts } from '../../src/cli/overlay.ts'
import { buildCluster } from '../../src/cluster/build-cluster.ts'
import type { GivenFacts } from '../../src/cluster/given-facts.ts'
import type { Settings } from '../../src/cluster/settings.ts'

/** Settings in force once the overlay is laid over what was given. */
async function laidOver(given: GivenFacts, ...overlays: readonly string[]): Promise<Settings> {
  const laid = await overlayFacts(given, overlays)
  return buildCluster([], { given: laid.given }).settings
}

describe('other settings', () => {
  test('take the place of an option, by its short name or by the key it sets', async () => {
    for (const overlay of ['routing=tunnel', 'routing-mode=tunnel']) {
      expect((await laidOver({ routing: 'native' }, overlay)).routingMode.value).toBe('tunnel')
    }
  })

  test('take the place of --setting, by the same two names', async () => {
    for (const overlay of ['routing=tunnel', 'routing-mode=tunnel']) {
      expect((await laidOver({ settings: ['routing-mode=native'] }, overlay)).routingMode.value).toBe('tunnel')
    }
    const bpf = { settings: ['enable-bpf-masquerade=true', 'enable-ipv4-masquerade=true'] }
    expect((await laidOver(bpf, 'masquerade=iptables')).raw.get('enable-bpf-masquerade')?.value).toBe('false')
    const cidr = { settings: ['ipv4-native-routing-cidr=10.0.0.0/8'] }
    const laid = await laidOver(cidr, 'native-routing-cidr=10.1.0.0/16')
    expect(laid.raw.get('ipv4-native-routing-cidr')?.value).toBe('10.1.0.0/16')
  })

  test.each(['ipv4-native-routing-cidr=10.1.0.0/16', 'native-routing-cidr=10.1.0.0/16'])(
    'of one address family leave the other as it was: %s',
    async (overlay) => {
      const given: GivenFacts[] = [
        { nativeRoutingCidrs: ['10.0.0.0/8', 'fd00:10::/56'] },
        { settings: ['ipv4-native-routing-cidr=10.0.0.0/8', 'ipv6-native-routing-cidr=fd00:10::/56'] },
        { nativeRoutingCidrs: ['fd00:10::/56'] },
      ]
      for (const facts of given) {
        const settings = await laidOver(facts, overlay)
        expect(settings.ipv4NativeRoutingCidr.value?.text).toBe('10.1.0.0/16')
        expect(settings.ipv6NativeRoutingCidr.value?.text).toBe('fd00:10::/56')
      }
    },
  )

  test('may take a native routing CIDR away, in one family', async () => {
    const facts = { nativeRoutingCidrs: ['10.0.0.0/8', 'fd00:10::/56'] }
    const settings = await laidOver(facts, 'ipv6-native-routing-cidr=')
    expect(settings.ipv6NativeRoutingCidr.value).toBeNull()
    expect(settings.ipv4NativeRoutingCidr.value?.text).toBe('10.0.0.0/8')
  })

  test('that turn the ip-masq-agent on leave it its list', async () => {
    const given = { masquerade: 'bpf', nonMasqueradeCidrs: ['10.0.0.0/8'] } as const
    for (const [overlay, cidrs] of [
      ['enable-ip-masq-agent=true', ['10.0.0.0/8']],
      ['enable-ip-masq-agent=false', undefined],
    ] as const) {
      expect((await overlayFacts(given, [overlay])).given.nonMasqueradeCidrs).toEqual(cidrs)
    }
  })

  test('leave what they do not name as it was', async () => {
    const given = { masquerade: 'bpf', nodes: ['n1=192.0.2.1'], settings: ['enable-ipv4-egress-gateway=true'] } as const
    const { given: laid } = await overlayFacts(given, ['routing=native'])
    expect(laid).toEqual({ ...given, routing: 'native' })
    const one = await laidOver({ masquerade: 'bpf' }, 'enable-ipv6-masquerade=false')
    expect(['enable-ipv4-masquerade', 'enable-bpf-masquerade'].map((key) => one.raw.get(key)?.value)).toEqual([
      'true',
      'true',
    ])
  })

  test('of several the last counts, and all are told', async () => {
    const { settings } = await overlayFacts({}, ['routing-mode=native', 'routing=tunnel'])
    expect(settings).toEqual(['routing-mode=native', 'routing=tunnel'])
    expect((await laidOver({}, 'routing-mode=native', 'routing=tunnel')).routingMode.value).toBe('tunnel')
    expect((await laidOver({}, 'routing=tunnel', 'routing-mode=native')).routingMode.value).toBe('native')
  })

  test('may be those of a file of metadata', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'masqcheck-overlay-')), 'cm.yaml')
    const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: cilium-config, namespace: kube-system }\n'
    writeFileSync(file, `${head}data:\n  routing-mode: native\n`)
    expect((await laidOver({ routing: 'tunnel' }, file)).routingMode.value).toBe('native')
  })

  test('of a file count by their keys alone, whatever else stands there', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'masqcheck-overlay-')), 'cm.yaml')
    const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: cilium-config, namespace: kube-system }\n'
    writeFileSync(file, `${head}data:\n  routing-mode: native\n  constructor: "1"\n  Other_Key: "2"\n`)
    const { settings, given } = await overlayFacts({}, [file])
    expect(settings).toEqual(['routing-mode=native', 'constructor=1'])
    expect(given).toEqual({ settings })
  })

  test.each([
    ['routing=bridged', /wanted one of native, tunnel/],
    ['routing-mod=native', /did you mean routing-mode\?/],
    ['no-such-file', /neither key=value nor a file/],
  ])('are refused where they mean nothing: %s', async (overlay, message) => {
    await expect(overlayFacts({}, [overlay])).rejects.toThrow(message)
  })
})
