import { canonicalJson } from '../journal/event.ts';
import { granteeOf } from '../lists/openers.ts';
import { ACTION_PARTS, type AppDefinition, type Operation } from './definition.ts';
import { pointerOf } from './problems.ts';
import type { CheckedApp } from './published.ts';
import { grantsOf, typeOf, viewable, writes } from './rule-grants.ts';
import { namesRead } from './scope.ts';

/**
 * What an app's rules rest on besides their own words: a permission names operations, fields and views by their ids, and
 * means what these are. Compares two definitions of one app of which the rules themselves may be the same.
 */
export class RuleBasis {
  readonly #before: AppDefinition;
  readonly #after: AppDefinition;
  readonly #expressions: CheckedApp['expressions'];
  readonly #ruled = new Map<string, ReadonlySet<string>>();

  constructor(before: AppDefinition, after: CheckedApp) {
    this.#before = before;
    this.#after = after.definition;
    this.#expressions = after.expressions;
  }

  /** Whether a permission or a service names the operation. */
  isPermitted(type: string, operation: string): boolean {
    return [this.#before, this.#after].some((app) => grantsOf(app, type, operation).length > 0);
  }

  /** Whether whoever may add a record of the type is told so by a permission or a service. */
  isAdded(type: string): boolean {
    const adds = typeOf(this.#after, type)?.operations.filter(({ kind }) => kind === 'add') ?? [];
    return adds.some(({ id }) => this.isPermitted(type, id));
  }

  /** Whether a permitted operation comes to write a field that was there and that it did not write. */
  writesMore(type: string, changed: { operation?: string; field?: string }): boolean {
    const had = writes(this.#before, type);
    const fields = new Set(typeOf(this.#before, type)?.fields.map(({ id }) => id));
    return writes(this.#after, type).some(
      ({ operation, field }) =>
        fields.has(field) &&
        (changed.operation ?? operation) === operation &&
        (changed.field ?? field) === field &&
        !had.some((each) => each.operation === operation && each.field === field),
    );
  }

  /** Whether what an operation does with user accounts has changed, and somebody is permitted to run it. */
  actsOtherwise(type: string, operation: string): boolean {
    const [were, are] = [this.#before, this.#after].map((app) =>
      canonicalJson(accountActions(operationOf(app, type, operation))),
    );
    return were !== are && this.isPermitted(type, operation);
  }

  /**
   * Whether another operation has come to be the one that decides who views a record, or who edits it: of several of a
   * kind it is the first.
   */
  viewsOrEditsOtherwise(type: string): boolean {
    return ['view', 'edit'].some((kind) => {
      const [was, is] = [this.#before, this.#after].map(
        (app) => typeOf(app, type)?.operations.find((operation) => operation.kind === kind)?.id,
      );
      return was !== undefined && was !== is;
    });
  }

  /** Whether a task has come to give token users or users other roles. */
  mapsRolesOtherwise(task: string): boolean {
    const [were, are] = [this.#before, this.#after].map((app) => canonicalJson(roleMappings(app, task)));
    return were !== are;
  }

  /** Whether the field says which roles people get: it is one of roles, or was. */
  givesRoles(type: string, field: string): boolean {
    return [this.#before, this.#after].some(
      (app) => typeOf(app, type)?.fields.find(({ id }) => id === field)?.type === 'roles',
    );
  }

  /** Whether a field of this id comes to be, or goes. */
  isNewName(type: string, field: string): boolean {
    const [was, is] = [this.#before, this.#after].map((app) =>
      typeOf(app, type)?.fields.some(({ id }) => id === field),
    );
    return was !== is;
  }

  /** Whether a service reads the view: it answers what the view shows, with the rights of the robot. */
  isServed(type: string, view: string): boolean {
    return [this.#before, this.#after].some(({ services = [] }) =>
      services.some((service) => service.recordType === type && service.view === view),
    );
  }

  /**
   * Whether the view has come to choose or order by a field that somebody who opens it may not view: what is listed would
   * tell of it.
   */
  tellsOtherwise(type: string, view: string): boolean {
    const chosen = [this.#before, this.#after].map((app) => {
      const { filter, sort, parameters } = typeOf(app, type)?.views.find(({ id }) => id === view) ?? {};
      return canonicalJson([filter, sort, parameters?.map(({ id }) => id)]);
    });
    return chosen[0] !== chosen[1] && this.#tellsHidden(type, view);
  }

  #tellsHidden(type: string, view: string): boolean {
    const found = typeOf(this.#after, type);
    const read = this.#chosenBy(type, view);
    const allows = this.#after.permissions.filter(
      ({ recordType, effect }) => recordType === type && effect !== 'deny',
    );
    return allows
      .filter(({ views }) => views?.includes(view))
      .some((opener) => {
        const visible = found ? viewable(found, allows, granteeOf(opener)) : '*';
        return visible !== '*' && read.some((field) => !visible.has(field));
      });
  }

  /** The fields that a view's filter and order read, by themselves or through formulas. */
  #chosenBy(type: string, view: string): string[] {
    const at = this.#after.recordTypes.findIndex(({ id }) => id === type);
    const { fields = [], views = [] } = this.#after.recordTypes[at] ?? {};
    const index = views.findIndex(({ id }) => id === view);
    const sort = views[index]?.sort;
    const named = this.#reads('recordTypes', at, 'views', index, 'filter');
    const read = this.#withSources(type, [...named, ...(sort ? [sort.field] : [])]);
    return fields.map(({ id }) => id).filter((id) => read.has(id));
  }

  /** Whether the field shows a pass's link: a formula that reads a token, by itself or through others. */
  isSecret(type: string, field: string): boolean {
    const fields = typeOf(this.#after, type)?.fields ?? [];
    const tokens = fields.filter((each) => each.type === 'token').map(({ id }) => id);
    const sources = this.#withSources(type, [field]);
    return !tokens.includes(field) && tokens.some((token) => sources.has(token));
  }

  /** Whether a mail of this id comes to be. */
  isNewMail(notification: string): boolean {
    return !this.#before.notifications.some(({ id }) => id === notification);
  }

  /** Whether a mail carries a pass's link: whoever it goes to holds the pass. */
  sendsSecret(notification: string): boolean {
    const found = this.#after.notifications.find(({ id }) => id === notification);
    return found?.fields.some((field) => this.isSecret(found.recordType, field)) ?? false;
  }

  /**
   * Whether a rule's meaning hangs on what the field holds: a condition reads it, or a list of what may be seen names
   * it, by itself or through formulas and defaults; or it says which accounts an operation makes, which roles people get, or
   * who is sent a pass.
   */
  isRuled(type: string, field: string): boolean {
    let ruled = this.#ruled.get(type);
    if (!ruled) {
      ruled = this.#ruledIn(type);
      this.#ruled.set(type, ruled);
    }
    return ruled.has(field);
  }

  #ruledIn(type: string): ReadonlySet<string> {
    const at = this.#after.recordTypes.findIndex(({ id }) => id === type);
    const found = this.#after.recordTypes[at];
    if (!found) return new Set();
    const viewing = new Set(found.operations.filter(({ kind }) => kind === 'view').map(({ id }) => id));
    const permissions = [...this.#after.permissions.entries()].filter(
      ([, { recordType }]) => recordType === type,
    );
    const named = permissions.flatMap(([position, { fields = {} }]) => [
      ...this.#reads('permissions', position, 'when'),
      ...this.#reads('permissions', position, 'check'),
      ...Object.entries(fields).flatMap(([operation, set]) =>
        viewing.has(operation) && set !== '*' ? set : [],
      ),
    ]);
    const served = (this.#after.services ?? [])
      .filter(({ recordType }) => recordType === type)
      .flatMap(({ view = '', returns = [] }) => [
        ...returns,
        ...(found.views.find(({ id }) => id === view)?.columns ?? []),
        ...this.#chosenBy(type, view),
      ]);
    const told = found.views.flatMap(({ id }) =>
      this.#tellsHidden(type, id) ? this.#chosenBy(type, id) : [],
    );
    const acted = found.operations.flatMap((operation, index) =>
      this.isPermitted(type, operation.id)
        ? [...(operation.actions ?? []).entries()].flatMap(([action, { kind }]) =>
            kind === 'sendEmail'
              ? []
              : ACTION_PARTS.flatMap((part) =>
                  this.#reads('recordTypes', at, 'operations', index, 'actions', action, part),
                ),
          )
        : [],
    );
    const sent = this.#after.notifications.flatMap(({ id, recordType }, index) =>
      recordType === type && this.sendsSecret(id) ? this.#reads('notifications', index, 'to') : [],
    );
    return this.#withSources(type, [...named, ...served, ...told, ...acted, ...this.#rolesIn(type), ...sent]);
  }

  /** The fields that say which roles token users and users get: the built-in one, and what tasks read for it. */
  #rolesIn(type: string): string[] {
    const builtIn = typeOf(this.#after, type)?.fields.some(({ id, builtIn }) => builtIn && id === ROLES);
    const mapped = this.#after.tasks.flatMap(({ recordType, actions }, at) =>
      recordType === type
        ? actions.flatMap((_, action) => this.#reads('tasks', at, 'actions', action, 'fields', ROLES))
        : [],
    );
    return [...(builtIn ? [ROLES] : []), ...mapped];
  }

  /** The fields, and those that their formulas and defaults read. */
  #withSources(type: string, fields: readonly string[]): Set<string> {
    const at = this.#after.recordTypes.findIndex(({ id }) => id === type);
    const all = new Set<string>();
    const visit = (field: string): void => {
      if (all.has(field)) return;
      all.add(field);
      const index = this.#after.recordTypes[at]?.fields.findIndex(({ id }) => id === field) ?? -1;
      if (index < 0) return;
      for (const part of ['formula', 'default']) {
        for (const source of this.#reads('recordTypes', at, 'fields', index, part)) visit(source);
      }
    };
    for (const field of fields) visit(field);
    return all;
  }

  #reads(...path: (string | number)[]): string[] {
    return namesRead(this.#expressions[pointerOf(path)]?.reads ?? [], 'record');
  }
}

const operationOf = (app: AppDefinition, type: string, operation: string) =>
  typeOf(app, type)?.operations.find(({ id }) => id === operation);

const accountActions = (operation: Operation | undefined) =>
  (operation?.actions ?? []).filter(({ kind }) => kind !== 'sendEmail');

/** The field in which apps of kind tokens and users hold what their people may do. */
const ROLES = 'roles';

const roleMappings = ({ tasks }: AppDefinition, task: string) =>
  (tasks.find(({ id }) => id === task)?.actions ?? []).flatMap(({ target, fields }) =>
    fields?.[ROLES] === undefined ? [] : [{ target, roles: fields[ROLES] }],
  );
