import { maskValues } from '../../../core/policy/fields.ts';
import { filterPermitted } from '../../../core/policy/filter.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { decideOnRecord as decide } from '../../../core/policy/on-record.ts';
import { encodePolicy } from '../../../core/policy/text.ts';
import { corpusPolicy } from '../../corpus/load.ts';
import type { Engine } from './engine.ts';
import { context, requestOf, resourceOf, subjectOf } from './workload.ts';

export function ours(): Engine {
  const { policy } = corpusPolicy('help-desk');
  const text = encodePolicy(policy.document);
  return {
    name: 'Daypass',
    sample: 4096,
    answer: (question) => decide(policy, requestOf(question)),
    decisions(questions) {
      const requests = questions.map(requestOf);
      return () => {
        let granted = 0;
        for (const request of requests) if (decide(policy, request).decision) granted++;
        return granted;
      };
    },
    fieldSets(questions) {
      const requests = questions.map(requestOf);
      return () => {
        let fields = 0;
        for (const request of requests) fields += decide(policy, request).fields.length;
        return fields;
      };
    },
    list(person, records) {
      const request = { subject: subjectOf(person), action: 'view', context };
      const resources = records.map(resourceOf);
      return () =>
        filterPermitted(policy, request, resources).map(({ resource, fields }) =>
          maskValues(resource.values as Record<string, unknown>, fields),
        );
    },
    load: () => loadPolicy(text),
  };
}
