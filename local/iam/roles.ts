import { LocalSystemError, refuse } from '../assembly/problem.ts';
import type { ResolvedResource, ResourcesOf } from '../assembly/resources.ts';
import { type AccessRequest, evaluate, type Verdict } from './evaluate.ts';
import { readPolicyDocument, type Statement } from './policy-document.ts';
import { wildcardMatches } from './wildcard.ts';

/** A role of the template with everything that its policies say. */
export interface Role {
  arn: string;
  name: string;
  logicalId: string;
  statements: Statement[];
  /** Service principals that may assume it. */
  trusts: string[];
  /** Actions taken away for a test, as wildcard patterns. */
  withheld: string[];
}

/** AWS's own policies that a template may name, as far as the local system has the services that they speak of. */
const MANAGED_POLICIES: Record<string, string[]> = {
  'service-role/AWSLambdaBasicExecutionRole': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
  AWSXRayDaemonWriteAccess: ['xray:*'],
};

/** Reads every role with its inline, attached and managed policies. */
export function readRoles(resourcesOf: ResourcesOf): Map<string, Role> {
  const roles = new Map<string, Role>();
  const byName = new Map<string, Role>();
  const managed = new Map(resourcesOf('AWS::IAM::ManagedPolicy').map((policy) => [policy.ref, policy]));
  for (const resource of resourcesOf('AWS::IAM::Role')) {
    const role = readRole(resource, managed);
    roles.set(role.arn, role);
    byName.set(role.name, role);
  }
  for (const policy of resourcesOf('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    const statements = readPolicyDocument(policy.properties.PolicyDocument, `${policy.place}/PolicyDocument`);
    for (const name of policy.properties.Roles ?? []) {
      const role = byName.get(name) ?? refuse(policy.place, `there is no role ${name}`);
      role.statements.push(...statements);
    }
  }
  return roles;
}

function readRole(resource: ResolvedResource, managed: Map<string, ResolvedResource>): Role {
  const { AssumeRolePolicyDocument: trust, Policies = [], ManagedPolicyArns = [] } = resource.properties;
  const statements: Statement[] = [];
  for (const [i, policy] of Policies.entries()) {
    statements.push(...readPolicyDocument(policy.PolicyDocument, `${resource.place}/Policies/${i}`));
  }
  for (const arn of ManagedPolicyArns as string[]) {
    const own = managed.get(arn);
    const known = MANAGED_POLICIES[arn.replace('arn:aws:iam::aws:policy/', '')];
    if (own) statements.push(...readPolicyDocument(own.properties.PolicyDocument, own.place));
    else if (known) statements.push(allowEverywhere(known));
    else refuse(resource.place, `the managed policy ${arn} is not known to the local system`);
  }
  const principals = [trust.Statement]
    .flat()
    .flatMap((statement) => [statement.Principal?.Service ?? []].flat());
  return {
    arn: resource.attribute('Arn'),
    name: resource.ref,
    logicalId: resource.logicalId,
    statements,
    trusts: principals,
    withheld: [],
  };
}

const allowEverywhere = (actions: string[]): Statement => ({
  effect: 'Allow',
  actions,
  notActions: [],
  resources: ['*'],
  notResources: [],
  conditions: {},
});

/** Asks a role's policies, and the permissions that a test withholds, about one request. */
export function mayRole(role: Role, request: AccessRequest): Verdict {
  const withheld = role.withheld.some((p) => wildcardMatches(p.toLowerCase(), request.action.toLowerCase()));
  if (withheld) return 'denied by nobody allowing it';
  const resources = [request.resource, ...(request.alternatives ?? [])];
  const verdicts = resources.map((resource) => evaluate(role.statements, { ...request, resource }));
  return verdicts.find((verdict) => verdict === 'allowed') ?? (verdicts[0] as Verdict);
}

/**
 * Takes permissions out of the template: `RolePattern:service:Action`, where the role is named by its logical id
 * (`*` allowed). Refuses a pattern that matches no role, or an action that the role was never allowed.
 */
export function withholdActions(roles: Iterable<Role>, denyActions: string[]): void {
  for (const denied of denyActions) {
    const colon = denied.indexOf(':');
    const pattern = denied.slice(0, colon);
    const action = denied.slice(colon + 1);
    let taken = 0;
    for (const role of roles) {
      if (!wildcardMatches(pattern, role.logicalId)) continue;
      const allows = role.statements.some(
        ({ effect, actions }) =>
          effect === 'Allow' &&
          actions.some(
            (a) =>
              wildcardMatches(a.toLowerCase(), action.toLowerCase()) ||
              wildcardMatches(action.toLowerCase(), a.toLowerCase()),
          ),
      );
      if (!allows) continue;
      role.withheld.push(action);
      taken += 1;
    }
    if (taken === 0) throw new LocalSystemError(`denyActions: no role ${pattern} is allowed ${action}`);
  }
}
