import type { AppDefinition, RecordType } from '../apps/definition.ts';
import { fieldsOf, recordTypesOf } from '../apps/scope.ts';
import type { AppFacts, PolicyFacts, RecordTypeFacts } from './document.ts';

/** What rules about these apps may name. */
export function appFacts(definitions: readonly AppDefinition[]): PolicyFacts['apps'] {
  const find = recordTypesOf(new Map(definitions.map((app) => [app.id, app])));
  const facts = definitions.map((app): [string, AppFacts] => {
    const recordTypes = app.recordTypes.map((type): [string, RecordTypeFacts] => [
      type.id,
      recordTypeFacts(type, fieldsOf(type, find, new Map())),
    ]);
    return [
      app.id,
      { kind: app.kind, accessModel: app.accessModel, recordTypes: Object.fromEntries(recordTypes) },
    ];
  });
  return Object.fromEntries(facts);
}

function recordTypeFacts(type: RecordType, fields: NonNullable<RecordTypeFacts['fields']>): RecordTypeFacts {
  return {
    fields,
    operations: Object.fromEntries(
      type.operations.map(({ id, kind, from }) => [id, { kind, ...(from && { from }) }]),
    ),
    views: type.views.map((view) => view.id),
    immutable: type.fields
      .filter((field) => field.type === 'token' && !field.target)
      .map((field) => field.id),
  };
}
