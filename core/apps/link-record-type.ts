import { compileCondition, compileExpression } from '../expressions/compile.ts';
import type { CheckedExpression } from '../expressions/types.ts';
import { narrowIndexes, type ViewParts, viewIndexId } from '../lists/indexes.ts';
import { indexedGrants, readersOf } from '../lists/openers.ts';
import { type BuiltApp, type BuiltRecordType, type Expressions, expressionsOf } from './built.ts';
import { BUILT_IN_COLUMNS } from './columns.ts';
import type { Operation, RecordType, View } from './definition.ts';
import { type FormulaReads, formulaSources, orderFormulas } from './formulas.ts';
import { nameOperation } from './operation-name.ts';
import { pointerOf } from './problems.ts';
import type { CheckedApp, LinkedColumn, LinkedField, LinkedView } from './published.ts';
import { isStored, isWritable, namesRead, valueTypeOf } from './scope.ts';
import { splitFilter } from './view-index.ts';

/** Links a record type's fields, operations and views. What follows from operations is linked afterwards. */
export function linkRecordType(
  app: CheckedApp,
  linked: BuiltApp,
  definition: RecordType,
  at: number,
): BuiltRecordType {
  const expressions = expressionsOf(app);
  const reads = formulaReads(definition, at, expressions);
  const fields = linkFields(definition, at, expressions, reads);
  const recordType: BuiltRecordType = {
    id: definition.id,
    app: linked,
    definition,
    fields,
    states: new Map(definition.states.map((state) => [state.id, state.name])),
    operations: new Map(),
    views: new Map(),
    formulas: orderFormulas(reads).order.flatMap((id) => fields.get(id) ?? []),
    tokenFields: [...fields.values()].filter((field) => field.definition.type === 'token'),
    referencedBy: [],
  };
  for (const operation of definition.operations) {
    const shown = shownFields(operation, fields);
    recordType.operations.set(operation.id, {
      id: operation.id,
      recordType,
      definition: nameOperation(operation, definition),
      fields: shown,
      writable: new Set(shown.filter((field) => field.writable).map((field) => field.id)),
      actions: [],
      tasks: [],
      notifications: [],
    });
  }
  for (const [index, view] of definition.views.entries()) {
    const filter = app.expressions[pointerOf(['recordTypes', at, 'views', index, 'filter'])];
    recordType.views.set(view.id, linkView(recordType, view, filter));
  }
  return recordType;
}

function formulaReads(type: RecordType, at: number, expressions: Expressions): FormulaReads {
  return new Map(
    type.fields.flatMap((field, index) =>
      field.type === 'formula'
        ? [[field.id, expressions.reads('recordTypes', at, 'fields', index, 'formula')]]
        : [],
    ),
  );
}

function linkFields(
  type: RecordType,
  at: number,
  expressions: Expressions,
  reads: FormulaReads,
): Map<string, LinkedField> {
  const ids = new Set(type.fields.map((field) => field.id));
  const tokens = new Set(type.fields.filter((field) => field.type === 'token').map((field) => field.id));
  const fields = new Map<string, LinkedField>();
  for (const [index, definition] of type.fields.entries()) {
    const path = ['recordTypes', at, 'fields', index];
    const visibleIf = expressions.condition(...path, 'visibleIf');
    const initial = expressions.value(...path, 'default');
    const formula = expressions.value(...path, 'formula');
    const sources = formula ? [...formulaSources(definition.id, reads)] : [];
    fields.set(definition.id, {
      id: definition.id,
      definition,
      valueType: expressions.type(...path, 'formula') ?? valueTypeOf(definition.type),
      ...(visibleIf && { visibleIf }),
      ...(initial && { default: initial }),
      ...(formula && { formula }),
      visibilityReads: namesRead(expressions.reads(...path, 'visibleIf'), 'record').filter((id) =>
        ids.has(id),
      ),
      formulaReads: sources.filter((id) => ids.has(id) && !reads.has(id)),
      secret: sources.some((id) => tokens.has(id)),
      stored: isStored(definition),
      writable: isWritable(definition),
    });
  }
  return fields;
}

/** What an operation's form shows: what it names, or for those that write every field that can be written. */
function shownFields(operation: Operation, fields: ReadonlyMap<string, LinkedField>): LinkedField[] {
  if (operation.fields) return operation.fields.flatMap((id) => fields.get(id) ?? []);
  const writes = operation.kind === 'add' || operation.kind === 'edit';
  return writes ? [...fields.values()].filter((field) => field.writable) : [];
}

function linkView(
  recordType: BuiltRecordType,
  definition: View,
  filter: CheckedExpression | undefined,
): LinkedView {
  const parts: ViewParts = {
    filter: splitFilter(filter, definition.equality),
    sort: definition.sort?.field ?? 'createdAt',
  };
  const { equality, written, residual } = parts.filter;
  const readers = readersOf(recordType.definition, definition.id, recordType.app.permissions);
  const narrow = narrowIndexes(parts, indexedGrants(readers));
  const columns = definition.columns.flatMap((id) => columnOf(recordType, id));
  const kept = [
    ...namesRead(residual?.reads ?? [], 'record'),
    ...columns.flatMap((column) => column.field?.formulaReads ?? []),
  ];
  return {
    id: definition.id,
    recordType,
    definition,
    columns,
    ...(filter && { filter: compileCondition(filter) }),
    index: {
      id: viewIndexId(parts),
      parts,
      narrow: new Map(narrow.map((index) => [index.id, index])),
      equality: equality.map(({ field, value }) => ({ field, value: compileExpression(value) })),
      ...(written && { written: compileCondition(written) }),
      ...(residual && { residual: compileCondition(residual) }),
      residualFields: [...new Set(kept)].filter((id) => recordType.fields.has(id)),
    },
  };
}

function columnOf(recordType: BuiltRecordType, id: string): LinkedColumn[] {
  const field = recordType.fields.get(id);
  if (!field) {
    const builtIn = BUILT_IN_COLUMNS.get(id);
    return builtIn ? [{ id, ...builtIn }] : [];
  }
  const { label, type, displayText } = field.definition;
  return [{ id, label, type, ...(displayText !== undefined && { displayText }), field }];
}
