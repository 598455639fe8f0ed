import type { AccessRequest } from '../iam/evaluate.ts';
import { mayRole, type Role } from '../iam/roles.ts';
import { AwsError } from './aws-call.ts';
import { accessDeniedNames } from './protocol.ts';

/** Asks a role's policies; throws AccessDenied in the service's own words. `session` is what assumed the role. */
export function authorise(role: Role, session: string, service: string, requests: AccessRequest[]): void {
  for (const request of requests) {
    const verdict = mayRole(role, request);
    if (verdict === 'allowed') continue;
    const { code, status } = accessDeniedNames(service);
    throw new AwsError(code, refusal(role, session, service, request, verdict), status);
  }
}

function refusal(
  role: Role,
  session: string,
  service: string,
  { action, resource }: AccessRequest,
  verdict: string,
): string {
  const account = role.arn.split(':')[4];
  const user = `arn:aws:sts::${account}:assumed-role/${role.name}/${session}`;
  if (service === 'ses')
    return `User \`${user}' is not authorized to perform \`${action}' on resource \`${resource}'`;
  const reason =
    verdict === 'denied by a statement'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}
