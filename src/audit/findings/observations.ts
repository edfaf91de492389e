import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding } from '../verdict.ts'
import { exemptAndUnanswered } from './exempt-unanswered.ts'
import { strays } from './strays.ts'
import { uncoveredDevices } from './uncovered-device.ts'

/** Noteworthy things that the flows show and that contradict no setting: what users took for faults of masquerading. */
export function findObservations(judged: JudgedFlows): Finding[] {
  return [...uncoveredDevices(judged), ...exemptAndUnanswered(judged), ...strays(judged)]
}
