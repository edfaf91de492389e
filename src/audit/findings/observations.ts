import type { JudgedFlows } from '../judge-flows.ts'
import type { Finding } from '../verdict.ts'
import { answersNotForwarded } from './answer-not-forwarded.ts'
import { wrongDoors } from './devices.ts'
import { exemptAndUnanswered } from './exempt-unanswered.ts'
import { unansweredLinkLocal } from './link-local.ts'
import { notSeenAfter } from './not-seen-after.ts'
import { otherNodeAddresses } from './other-node-address.ts'
import { portReuse } from './port-reuse.ts'
import { strays } from './strays.ts'
import { uncoveredDevices } from './uncovered-device.ts'

type Observer = (judged: JudgedFlows) => Finding[]

// Most weighty first.
const OBSERVERS: readonly Observer[] = [
  uncoveredDevices,
  wrongDoors,
  answersNotForwarded,
  notSeenAfter,
  exemptAndUnanswered,
  unansweredLinkLocal,
  portReuse,
  otherNodeAddresses,
  strays,
]

/** Noteworthy things that the flows show and that contradict no setting: what users took for faults of masquerading. */
export function findObservations(judged: JudgedFlows): Finding[] {
  return OBSERVERS.flatMap((observe) => observe(judged))
}
