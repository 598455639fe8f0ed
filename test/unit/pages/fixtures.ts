import type { FormAnswer, FormField } from '../../../core/records/record.ts';
import type { Frame } from '../../../lambdas/portal/frame.ts';

export const frame: Frame = {
  siteName: 'ABC Property Management',
  contact: 'ABC dispatch, dispatch@abc.example, +1 555 0100',
  assets: { styles: ['/assets/style.css'], script: '/assets/page.js', icon: '/assets/icon.svg' },
};

export const NOW = Date.parse('2026-03-03T15:00:00Z');

export function field(change: Partial<FormField> & Pick<FormField, 'id' | 'type'>): FormField {
  return { label: change.id, required: false, readOnly: false, value: null, ...change };
}

export function form(fields: FormField[], change: Partial<FormAnswer> = {}): FormAnswer {
  return {
    app: 'orders',
    appName: 'Orders',
    recordType: 'order',
    operation: { id: 'complete', name: 'Complete', kind: 'transition' },
    record: { id: 'r1', version: 3, title: 'WO-1' },
    fields,
    ...change,
  };
}
