import type { LabelSelector } from './snapshot.ts'

/** Whether labels fit a selector; an empty selector fits all, as in Kubernetes. */
export function matchesSelector(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const has = (key: string): boolean => Object.hasOwn(labels, key)
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => has(key) && labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      if (operator === 'Exists') return has(key)
      if (operator === 'DoesNotExist') return !has(key)
      const inValues = has(key) && values.includes(labels[key] ?? '')
      return operator === 'In' ? inValues : !inValues
    })
  )
}
