import type { Fields, ValueType } from '../expressions/types.ts';
import {
  type CheckContext,
  type CheckedType,
  reportUnknown,
  requireKnown,
  requireUnique,
} from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import { literalValues } from './check-fields.ts';
import { requireAddressLiterals } from './check-literals.ts';
import type { Operation } from './definition.ts';
import { ACTION_PARTS, type ActionPart, expressionIn, type RequestAction } from './definition-actions.ts';
import { nameOperation } from './operation-name.ts';
import type { Path } from './problems.ts';
import { isStored, namesRead, valueTypeOf } from './scope.ts';

/** What an action on an account answers. */
const ACCOUNT_RESULT: Fields = {
  id: 'string',
  name: 'string',
  firstName: 'string',
  lastName: 'string',
  email: 'string',
  existed: 'bool',
};
const EXPECTED: Readonly<Record<ActionPart, readonly ValueType[]>> = {
  firstName: ['string', 'null'],
  lastName: ['string', 'null'],
  email: ['string'],
  roles: ['list<string>', 'list'],
  user: ['string'],
  addRoles: ['list<string>', 'list'],
  removeRoles: ['list<string>', 'list'],
  to: ['string', 'list<string>'],
  subject: ['string'],
  body: ['string'],
};
const COMMITTING: ReadonlySet<string> = new Set(['add', 'edit', 'delete', 'transition']);

/** Checks what an operation does with user accounts and mails before its record is saved. */
export function checkActions(
  context: CheckContext,
  type: CheckedType,
  operation: Operation,
  path: Path,
): void {
  const { actions = [] } = operation;
  if (actions.length === 0) return;
  if (!COMMITTING.has(operation.kind)) {
    context.report(
      [...path, 'actions'],
      `an operation of kind ${operation.kind} writes nothing; remove them`,
    );
  }
  if (context.app.kind !== 'records') {
    context.report(
      [...path, 'actions'],
      `the operations of an app of kind ${context.app.kind} work on accounts by themselves; remove them`,
    );
  }
  requireUnique(context, [...path, 'actions'], actions, 'action');
  for (const [at, action] of actions.entries()) {
    checkAction(context, type, operation, action, [...path, 'actions', at]);
  }
}

function checkAction(
  context: CheckContext,
  type: CheckedType,
  operation: Operation,
  action: RequestAction,
  path: Path,
): void {
  const { condition } = type.scopes;
  if (action.when !== undefined) {
    const checked = takeExpression(context, [...path, 'when'], action.when, condition, 'bool');
    requireReadable(context, [...path, 'when'], checked, type, true);
  }
  for (const part of ACTION_PARTS) {
    const source = expressionIn(action, part);
    if (source === undefined) continue;
    const place = [...path, part];
    const checked = takeExpression(context, place, source, condition, EXPECTED[part]);
    requireReadable(context, place, checked, type, true);
    for (const name of namesRead(checked?.reads ?? [], 'record')) {
      if (type.fields.get(name)?.type !== 'token') continue;
      context.report(place, `"${name}" is a token, which is neither for accounts nor for mails`);
    }
    if (part === 'to' || part === 'email') requireAddressLiterals(context, place, checked);
    const isRoles = part === 'roles' || part === 'addRoles' || part === 'removeRoles';
    if (checked && isRoles) requireKnown(context, place, literalValues(checked), context.site.roles, 'role');
  }
  if (action.kind !== 'createUserAccount' && action.kind !== 'updateUserAccount') return;
  if (action.kind === 'createUserAccount' && action.addRoles && !action.acceptExisting) {
    context.report(
      [...path, 'addRoles'],
      'only an existing user is given roles by this: set "acceptExisting" as well, or remove it',
    );
  }
  checkReturns(context, type, operation, action.returns ?? {}, [...path, 'returns']);
}

function checkReturns(
  context: CheckContext,
  type: CheckedType,
  operation: Operation,
  returns: Readonly<Record<string, string>>,
  path: Path,
): void {
  for (const [id, source] of Object.entries(returns)) {
    const place = [...path, id];
    const field = type.fields.get(id);
    if (!field) {
      reportUnknown(context, place, `field of ${type.definition.name}`, id, type.fields.keys());
      continue;
    }
    if (operation.kind === 'delete') {
      context.report(
        place,
        `"${nameOperation(operation, type.definition).name}" deletes the record; remove this`,
      );
    } else if (field.type === 'token' || !isStored(field)) {
      context.report(place, `"${id}" keeps no value that could be set; remove this`);
    }
    const scope = { ...type.scopes.condition, result: ACCOUNT_RESULT };
    const checked = takeExpression(context, place, source, scope, [valueTypeOf(field.type), 'null']);
    requireReadable(context, place, checked, type, true);
  }
}
