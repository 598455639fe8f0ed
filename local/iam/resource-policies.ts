import { LocalSystemError } from '../assembly/problem.ts';
import type { ResourcesOf } from '../assembly/resources.ts';
import { wildcardMatches } from './wildcard.ts';

/** Refuses an invocation that no AWS::Lambda::Permission of the template allows. */
export type CheckInvokePermission = (functionArn: string, principal: string, sourceArn: string) => void;

/** Reads which services may invoke which functions on behalf of what. */
export function readInvokePermissions(resourcesOf: ResourcesOf): CheckInvokePermission {
  const permissions = resourcesOf('AWS::Lambda::Permission').map(({ properties }) => properties);
  return (functionArn, principal, sourceArn) => {
    const name = functionArn.split(':').at(-1);
    const allowed = permissions.some(
      (permission) =>
        [functionArn, name].includes(permission.FunctionName) &&
        permission.Action === 'lambda:InvokeFunction' &&
        permission.Principal === principal &&
        (permission.SourceArn === undefined || wildcardMatches(permission.SourceArn, sourceArn)),
    );
    if (allowed) return;
    throw new LocalSystemError(
      `The template does not permit ${principal} to invoke ${name} for ${sourceArn} (AWS::Lambda::Permission)`,
    );
  };
}
