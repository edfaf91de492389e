import { isPodLike } from '../identity.ts'
import { NOT_OBSERVED, notApplicable, type Ruling } from '../ruling.ts'
import { partyText, pointText, ruleText, seenAt } from '../words.ts'
import { captureStart } from './capture-start.ts'
import type { Case } from './case.ts'
import { goalOf } from './goal.ts'
import { openerOf } from './opener.ts'
import { decideOnTheWay, queryOf } from './query.ts'

/**
 * Judges a flow that somebody outside the cluster opened. Masquerading concerns only the opener's side, so what remains
 * to be judged is the answer of a pod: it keeps the pod's address.
 */
export function judgeFromOutside(judged: Case): Ruling {
  const { sighting, context } = judged
  const { source, destination } = sighting
  if (isPodLike(destination)) return judgeAnswer(judged)
  if (source.kind === 'unknown' && !context.cluster.nodesKnown) return unknownSource(judged)
  return notApplicable(`opened by ${source.ip} (${partyText(source)}): the settings speak of what pods and nodes open`)
}

function judgeAnswer(judged: Case): Ruling {
  const { sighting, context } = judged
  const { flow, source, destination, point } = sighting
  if (flow.reverse.packets === 0) {
    return notApplicable(
      `opened by ${source.ip} (${partyText(source)}), and no answer of ${partyText(destination)} was captured`,
    )
  }
  const answer = { source: destination.ip, node: destination.node, isReply: true, point }
  const expected = context.expected(queryOf(flow, answer))
  const opener = openerOf(flow, source, captureStart(judged), context)
  if (!opener.sure) {
    const asOpener = decideOnTheWay({ ...queryOf(flow, answer), isReply: false }, context)
    if (goalOf(asOpener).action !== 'preserve') return doubtful(judged, opener.doubt)
  }
  return {
    verdict: goalOf(expected).action === 'preserve' ? 'consistent' : 'inconclusive',
    expected,
    observed: {
      action: 'preserve',
      address: destination.ip,
      originalSource: null,
      basis: `answers seen at ${pointText(point)}`,
      confidence: sighting.replySide === 'after' ? 'high' : 'medium',
    },
    because: [
      `${partyText(destination)} answers a connection that ${source.ip} opened, under its own address`,
      ruleText(expected),
    ],
  }
}

function doubtful({ sighting, context }: Case, doubt: string): Ruling {
  const { flow, source, destination, point } = sighting
  const expected = decideOnTheWay(
    { ...queryOf(flow, { source: destination.ip, node: destination.node, isReply: true, point }), isReply: false },
    context,
  )
  return {
    verdict: 'inconclusive',
    expected,
    observed: {
      action: 'preserve',
      address: destination.ip,
      originalSource: null,
      basis: seenAt(point),
      confidence: 'low',
    },
    because: [
      `${doubt}. If ${partyText(destination)} did, its address should have been translated; if ${source.ip} did, the answer rightly keeps it`,
      ruleText(expected),
      'a capture with the beginning of the connection would decide',
    ],
  }
}

function unknownSource({ sighting }: Case): Ruling {
  const { source } = sighting
  return {
    verdict: 'inconclusive',
    expected: null,
    observed: { ...NOT_OBSERVED, address: source.ip },
    because: [
      `whether ${source.ip} is a node is not known: no input lists the nodes; \`kubectl get nodes -o json\` or --node would decide`,
    ],
  }
}
