import * as z from 'zod'
import type { LabelSelector } from '../snapshot.ts'

/** A Kubernetes label selector as objects carry it; absent stays absent, which is another thing than empty. */
export const LABEL_SELECTOR: z.ZodType<LabelSelector | null | undefined> = z
  .object({
    matchLabels: z.record(z.string(), z.string()).nullish(),
    matchExpressions: z
      .array(
        z.object({
          key: z.string(),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: z.array(z.string()).nullish(),
        }),
      )
      .nullish(),
  })
  .transform(({ matchLabels, matchExpressions }) => ({
    matchLabels: matchLabels ?? {},
    matchExpressions: (matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      operator,
      values: values ?? [],
    })),
  }))
  .nullish()
