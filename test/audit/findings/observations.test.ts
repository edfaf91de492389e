import { expect, test } from 'vitest'
import { findObservations } from '../../../src/audit/findings/observations.ts'
import { each, judged } from '../../support/audit-causes.ts'
import { ciliumConfig, clusterOf, FIXTURE, masqAgentConfig } from '../../support/audit-cluster.ts'

const SILENT = { answered: false, syns: 4, ttl: 63 }

test('findObservations() puts what keeps pods from the outside before what only deserves a look', () => {
  const cluster = clusterOf(FIXTURE, {
    'config.json': ciliumConfig({ devices: 'lan0', 'enable-ip-masq-agent': 'true' }),
    'agent.json': masqAgentConfig('nonMasqueradeCIDRs: [10.199.0.0/16]\n'),
  })
  const interfaces = [
    { name: 'lan0', host: 'n1' },
    { name: 'wan0', host: 'n1' },
  ]
  const flows = [
    { tuple: '10.244.1.10:40000 > 10.199.0.1:80', isn: 1, ...SILENT },
    { tuple: '10.244.1.10:40001 > 1.1.1.1:443', isn: 2, ttl: 63, vantages: [{ interfaceIndex: 1 }] },
  ]
  expect(findObservations(judged(cluster, flows, { interfaces })).map(({ code }) => code)).toEqual([
    'device-not-masqueraded',
    'exempt-and-unanswered',
  ])
})

test('findObservations() is silent on flows that are right', () => {
  const flows = each('172.18.0.2:40000 > 1.1.1.1:443', '10.244.1.10:40001 > 10.244.2.20:80')
  expect(findObservations(judged(clusterOf(FIXTURE, {}), flows))).toEqual([])
})
