import { permits } from '../access.ts';
import type { LinkedField, LinkedRecordType } from '../apps/published.ts';
import { RECORD_PROPERTIES } from '../policy/actions.ts';
import type { FieldSet } from '../policy/types.ts';
import type { Session } from '../runtime.ts';
import type { FieldValue, StoredRecord, Visibility } from './record.ts';
import { isVisible, recordScope } from './scope.ts';

/** More combinations than these are not worth a table: the field is then shown always, and the server checks. */
const MAX_COMBINATIONS = 64;

/**
 * Undefined when the field is unconditional, depends on a field of the form whose values cannot be listed, or on one that
 * the caller may not view: whether it holds would tell what is in there.
 * @param of the record, its type, and the fields of it that the caller may view
 */
export function visibilityOf(
  session: Session,
  field: LinkedField,
  form: readonly LinkedField[],
  { record, type, viewable }: { record: StoredRecord; type: LinkedRecordType; viewable: FieldSet },
): Visibility | undefined {
  return combinationsOf(
    { source: field.definition.visibleIf, holds: (after) => isVisible(field, recordScope(session, after)) },
    form,
    { record, type, viewable },
  );
}

/**
 * With which values of which fields of a form an expression holds.
 * @returns undefined as for `visibilityOf`
 */
export function combinationsOf(
  expression: { source: string | undefined; holds: (record: StoredRecord) => boolean },
  form: readonly LinkedField[],
  { record, type, viewable }: { record: StoredRecord; type: LinkedRecordType; viewable: FieldSet },
): Visibility | undefined {
  const names = dependencies(expression.source);
  if (!names || [...names].some((name) => isHidden(type, name, viewable))) return undefined;
  const fields = form.filter((other) => names.has(other.id));
  let rows: Choice[][] = [[]];
  for (const other of fields) {
    const choices = choicesOf(other, record.values[other.id] ?? null);
    if (!choices || rows.length * choices.length > MAX_COMBINATIONS) return undefined;
    rows = rows.flatMap((row) => choices.map((choice) => [...row, choice]));
  }
  const holds = (row: Choice[]) => {
    const values = { ...record.values };
    row.forEach((choice, index) => {
      values[(fields[index] as LinkedField).id] = choice.value;
    });
    return expression.holds({ ...record, values });
  };
  return {
    fields: fields.map(({ id }) => id),
    combinations: rows.filter(holds).map((row) => row.map((choice) => choice.texts)),
  };
}

/** What every answer tells of a record. */
const TOLD: ReadonlySet<string> = new Set(['createdAt', 'createdOn', 'updatedAt']);

function isHidden(type: LinkedRecordType, name: string, viewable: FieldSet): boolean {
  const stored = type.fields.get(name)?.stored ?? (RECORD_PROPERTIES.has(name) && !TOLD.has(name));
  return stored && !permits(viewable, name);
}

/** A value that a field of the form can take, and the texts that a page sends for it. */
interface Choice {
  texts: string[];
  value: FieldValue;
}

function choicesOf({ definition }: LinkedField, stored: FieldValue): Choice[] | undefined {
  const { type, choices = [] } = definition;
  if (type === 'boolean') {
    // A box that was never ticked has no value yet; one that was unticked is false.
    return [
      { texts: ['true'], value: true },
      { texts: [], value: stored === null ? null : false },
    ];
  }
  if (type === 'choice') {
    return [{ texts: [], value: null }, ...choices.map((choice) => ({ texts: [choice], value: choice }))];
  }
  if (type !== 'choices' || 2 ** choices.length > MAX_COMBINATIONS) return undefined;
  let subsets: string[][] = [[]];
  for (const choice of choices) subsets = [...subsets, ...subsets.map((subset) => [...subset, choice])];
  return subsets.map((texts) => ({ texts, value: texts.length === 0 ? null : texts }));
}

const MEMBER = /\brecord\s*(?:\.\s*|\[\s*["'])([\w-]+)/g;

/** The fields that an expression names; undefined without an expression, or when it uses the record as a whole. */
function dependencies(expression: string | undefined): Set<string> | undefined {
  if (!expression) return undefined;
  const names = [...expression.matchAll(MEMBER)].map(([, name]) => name as string);
  const mentions = expression.match(/\brecord\b/g)?.length ?? 0;
  return names.length === mentions ? new Set(names) : undefined;
}
