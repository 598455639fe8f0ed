import { DaypassError, type Problem } from '../errors.ts';
import { checkAnonymousForms } from './check-anonymous-forms.ts';
import { checkAskedFields } from './check-asked-fields.ts';
import { checkBuiltIn } from './check-built-in.ts';
import { type CheckContext, type CheckedType, requireUnique, type SiteNames } from './check-context.ts';
import { checkFields } from './check-fields.ts';
import { checkLists } from './check-lists.ts';
import { checkNotifications } from './check-notifications.ts';
import { checkOperations } from './check-operations.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkRunnable } from './check-runnable.ts';
import { checkServices } from './check-services.ts';
import { checkTasks } from './check-tasks.ts';
import { checkViews } from './check-views.ts';
import { type AppDefinition, appSchema } from './definition.ts';
import { parseDocument } from './parse.ts';
import { collectProblems, type Path, type Report, suggestion } from './problems.ts';
import type { CheckedApp } from './published.ts';
import { isStored, recordTypesOf } from './scope.ts';

export type { SiteNames } from './check-context.ts';

/** An app is right, or it has problems: at least one, each with the JSON pointer of its place. */
export type CheckResult =
  | { app: CheckedApp; problems: readonly [] }
  | { app?: undefined; problems: readonly Problem[] };

/**
 * Checks an app's definition whole: its shape, everything it names, and every expression in the types of its fields.
 * Never throws, whatever the document is.
 * @param document an app as in a file or a request
 * @param site what it can refer to outside itself; an app of the same id is the version that it replaces
 */
export function checkApp(document: unknown, site: SiteNames): CheckResult {
  const { report, problems } = collectProblems(document);
  const definition = parseDocument(appSchema, document, report);
  if (!definition) return { problems };
  const expressions = checkMeaning(definition, site, report);
  return problems.length > 0 ? { problems } : { app: { definition, expressions }, problems: [] };
}

/**
 * The checked app.
 * @throws DaypassError DEFINITION_INVALID with every problem
 */
export function requireValidApp(document: unknown, site: SiteNames): CheckedApp {
  const { app, problems } = checkApp(document, site);
  if (app) return app;
  const first = problems[0];
  throw new DaypassError('DEFINITION_INVALID', first && `${first.path || '/'}: ${first.message}`, problems);
}

function checkMeaning(app: AppDefinition, site: SiteNames, report: Report): CheckedApp['expressions'] {
  const apps = new Map([...site.apps, [app.id, app]]);
  const others = new Map([...site.apps].filter(([id]) => id !== app.id));
  const context: CheckContext = {
    app,
    site: { ...site, apps: others },
    find: recordTypesOf(apps),
    report,
    expressions: {},
    recordTypes: new Map<string, CheckedType>(),
  };
  requireUnique(context, ['recordTypes'], app.recordTypes, 'record type');
  for (const [at, type] of app.recordTypes.entries()) {
    const path = ['recordTypes', at];
    const checked = checkFields(context, type, path);
    context.recordTypes.set(type.id, checked);
    checkNamedFields(context, checked, path);
    checkOperations(context, checked, path);
    checkViews(context, checked, path);
  }
  checkTasks(context);
  checkNotifications(context);
  checkServices(context);
  checkPermissions(context);
  checkAnonymousForms(context);
  checkLists(context);
  checkAskedFields(context);
  checkBuiltIn(context);
  checkRunnable(context);
  checkRobot(context);
  return context.expressions;
}

/** Fields that the record type gives a part to. */
function checkNamedFields(context: CheckContext, type: CheckedType, path: Path): void {
  const parts = [
    {
      part: 'titleField',
      types: ['string', 'text', 'number', 'email', 'phone', 'choice', 'date'],
      what: 'short text',
    },
    { part: 'ownerField', types: ['user'], what: 'a user' },
    { part: 'dueDateField', types: ['date', 'dateTime'], what: 'a date' },
  ] as const;
  for (const { part, types, what } of parts) {
    const id = type.definition[part];
    if (id === undefined) continue;
    const field = type.fields.get(id);
    if (!field) {
      context.report([...path, part], `there is no field "${id}".${suggestion(id, type.fields.keys())}`);
    } else if (!(types as readonly string[]).includes(field.type) || !isStored(field)) {
      context.report(
        [...path, part],
        `"${id}" is a field of type ${field.type}; name a stored one that holds ${what}`,
      );
    }
  }
}

function checkRobot(context: CheckContext): void {
  const { robot } = context.app;
  if (robot === undefined || context.site.robots.has(robot)) return;
  context.report(['robot'], `there is no robot "${robot}".${suggestion(robot, context.site.robots)}`);
}
