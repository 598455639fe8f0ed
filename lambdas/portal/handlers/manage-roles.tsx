import type { RoleDefinition } from '../../../core/apps/definition.ts';
import { roleSchema } from '../../../core/apps/definition.ts';
import { ENVIRONMENTS, type Environment, isEnvironment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { changeRole, createRole, listRoles, readRole, removeRole } from '../../../core/people/roles.ts';
import type { Runtime } from '../../../core/runtime.ts';
import { notice } from '../notice.ts';
import { comparedWith, type Refusal } from '../pages/manage-fields.tsx';
import { type MatrixRow, publishedBy, RolePage, RolesPage, type RoleTyped } from '../pages/manage-roles.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { attempt, doneAt, openPlace, type Place, severalIn, versionIn } from './manage.ts';
import { matrixRows, publishingRows } from './role-matrix.ts';

/** Roles for administrators: a matrix of what each may do, and a form for each. */
export function manageRoleHandlers(
  portal: Portal,
): Pick<PortalHandlers, 'rolesPage' | 'addRole' | 'rolePage' | 'roleRun'> {
  async function roles(
    { session, frame, formToken }: Place,
    asked: string | undefined,
    said: {
      refusal?: Refusal;
      typed?: { id: string; name: string; description: string; environments: string[] };
    },
  ) {
    const environment = isEnvironment(asked ?? '') ? (asked as Environment) : 'production';
    const list = await listRoles(session);
    const matrix = await matrixOf(session.runtime, environment, list.roles);
    const props = { roles: list.roles, environment, matrix, formToken, ...said };
    return page(frame, 'Roles', <RolesPage {...props} />, { status: said.refusal?.status ?? 200 });
  }

  return {
    async rolesPage(request) {
      const place = await openPlace(portal, request);
      return roles(place, request.query.environment, {});
    },

    async addRole(request) {
      const place = await openPlace(portal, request);
      const { id = '', name = '', description = '' } = request.body;
      const used = id.trim() || idFrom(name);
      const environments = severalIn(request.body.environments);
      const { refusal } = await attempt(() =>
        createRole(
          place.session,
          roleIn({ id: used, name, environments, ...(description && { description }) }),
        ),
      );
      if (refusal) {
        const typed = { id, name, description, environments };
        return roles(place, undefined, { refusal: id.trim() ? refusal : aboutName(refusal), typed });
      }
      return doneAt(portal, place, request, '/manage/roles', notice`Role ${name} created.`);
    },

    async rolePage(request) {
      const place = await openPlace(portal, request);
      const [role, list] = [
        await readRole(place.session, request.params.role),
        await listRoles(place.session),
      ];
      const { frame, formToken } = place;
      const props = { role, roles: list.roles, formToken };
      return page(frame, role.name, <RolePage {...props} />);
    },

    async roleRun(request) {
      const place = await openPlace(portal, request);
      const { session, frame, formToken } = place;
      const { body, params } = request;
      const version = versionIn(body.version);
      const tried = await attempt(async () => {
        if (body.action === 'remove') {
          const { name } = await removeRole(session, params.role, version);
          return { to: '/manage/roles', said: notice`Role ${name} removed.` };
        }
        const set = await changed(place, params.role, body);
        const { name } = await changeRole(session, params.role, set, version);
        return {
          to: `/manage/roles/${params.role}`,
          said: notice`Role ${name} saved, in every environment.`,
        };
      });
      if (!tried.refusal) return doneAt(portal, place, request, tried.done.to, tried.done.said);
      const [role, list] = [await readRole(session, params.role), await listRoles(session)];
      const typed = {
        name: body.name ?? '',
        description: body.description ?? '',
        environments: severalIn(body.environments),
        accounts: severalIn(body.accounts),
        assign: severalIn(body.assign),
        publish: severalIn(body.publish),
      };
      const saving = body.action === 'save';
      const refusal = saving ? comparedWith(tried.refusal, storedBeside(typed, role)) : tried.refusal;
      const props = { role, roles: list.roles, formToken, refusal, ...(saving && { typed }) };
      return page(frame, role.name, <RolePage {...props} />, { status: refusal.status });
    },
  };
}

/** Where the id was made of the name, another name mends both. */
function aboutName(refusal: Refusal): Refusal {
  const { problems } = refusal;
  const named = problems.some(({ path }) => path === '/name');
  return named ? { ...refusal, problems: problems.filter(({ path }) => path !== '/id') } : refusal;
}

/** The role as the form says it; what the form does not show (designs, services) stays. */
async function changed(
  { session }: Place,
  id: string,
  body: {
    name?: string | undefined;
    description?: string | undefined;
    environments?: string | string[] | undefined;
    accounts?: string | string[] | undefined;
    assign?: string | string[] | undefined;
    publish?: string | string[] | undefined;
  },
): Promise<Omit<RoleDefinition, 'id'>> {
  const { version: _, id: __, description: ___, ...before } = await readRole(session, id);
  const granted = severalIn(body.accounts);
  const assign = severalIn(body.assign);
  const accounts = {
    ...Object.fromEntries(granted.map((action) => [action, true])),
    ...(assign.length > 0 && { assign }),
  };
  const { id: ____, ...role } = roleIn({
    ...before,
    id,
    name: body.name ?? '',
    ...(body.description && { description: body.description }),
    environments: severalIn(body.environments),
    accounts,
    ...(before.design && { design: publishingTo(before.design, severalIn(body.publish)) }),
  });
  return role;
}

/** What was typed, and what is stored, by the places of the form's fields. */
function storedBeside(typed: RoleTyped, role: RoleDefinition): Parameters<typeof comparedWith>[1] {
  const { accounts = {}, description = '', design } = role;
  const granted = (['create', 'update', 'delete'] as const).filter((action) => accounts[action]);
  return {
    '/name': [[typed.name], [role.name]],
    '/description': [[typed.description], [description]],
    '/environments': [typed.environments, role.environments],
    '/accounts/create': [typed.accounts, granted],
    '/accounts/assign': [typed.assign, accounts.assign ?? []],
    ...(publishedBy(role).length > 0 && {
      '/design/apps': [typed.publish, design?.publish ?? ENVIRONMENTS] as const,
    }),
  };
}

/** What the role may do in the design plane, with where it publishes as the form says it, if the form asked. */
function publishingTo(design: NonNullable<RoleDefinition['design']>, chosen: readonly string[]) {
  if (publishedBy({ design }).length === 0) return design;
  const { publish: before, ...rest } = design;
  const everywhere = before === undefined && ENVIRONMENTS.every((name) => chosen.includes(name));
  return everywhere ? rest : { ...rest, publish: chosen };
}

/** @throws DaypassError REQUEST_INVALID with what is wrong, and where */
function roleIn(document: { id: string; name: string; [part: string]: unknown }): RoleDefinition {
  const name = document.name.trim();
  const parsed = roleSchema.safeParse({ ...document, name });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path: [part = ''], message }) => ({
    path: `/${String(part)}`,
    message,
  }));
  throw new DaypassError(
    'REQUEST_INVALID',
    undefined,
    // Without a name there is nothing to make an id of.
    name === '' ? [EMPTY_NAME, ...wrong.filter(({ path }) => !['/id', '/name'].includes(path))] : wrong,
  );
}

const EMPTY_NAME = { path: '/name', message: 'must not be empty' };

/** `Night Desk` → `night-desk`: what an app's permissions name a role by. */
function idFrom(name: string): string {
  const letters = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = letters.match(/[a-z0-9]+/g) ?? [];
  return words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 48);
}

/** What the apps of an environment permit, by role, and who may publish there. */
async function matrixOf(
  runtime: Runtime,
  environment: Environment,
  roles: readonly RoleDefinition[],
): Promise<MatrixRow[]> {
  const published = await runtime.published(environment).catch((error: unknown) => {
    if (error instanceof DaypassError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
  return [...(published ? matrixRows(published) : []), ...publishingRows(roles, environment, published)];
}
