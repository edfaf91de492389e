import type { LabelSelector } from '../cluster/snapshot.ts'

/**
 * Whether labels satisfy a Kubernetes label selector; an absent selector and an empty one select everything.
 * Keys may carry Cilium's source prefix (`k8s:app`).
 */
export function selectorMatches(selector: LabelSelector | null, labels: Readonly<Record<string, string>>): boolean {
  if (selector === null) return true
  const value = (key: string): string | undefined => labels[key] ?? labels[key.replace(/^(?:k8s|any)[:.]/, '')]
  const required = Object.entries(selector.matchLabels).every(([key, wanted]) => value(key) === wanted)
  return required && selector.matchExpressions.every((expression) => expressionMatches(expression, value))
}

function expressionMatches(
  expression: LabelSelector['matchExpressions'][number],
  value: (key: string) => string | undefined,
): boolean {
  const found = value(expression.key)
  switch (expression.operator) {
    case 'In':
      return found !== undefined && expression.values.includes(found)
    case 'NotIn':
      return found === undefined || !expression.values.includes(found)
    case 'Exists':
      return found !== undefined
    case 'DoesNotExist':
      return found === undefined
  }
}

/** Keys a selector asks about. */
export function selectorKeys(selector: LabelSelector | null): string[] {
  if (selector === null) return []
  return [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map((expression) => expression.key)]
}
