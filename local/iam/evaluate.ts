import { conditionHolds, type RequestContext } from './conditions.ts';
import type { Statement } from './policy-document.ts';
import { wildcardMatches } from './wildcard.ts';

/** One thing that a caller asks for; a request may consist of several. */
export interface AccessRequest {
  /** `service:Operation` */
  action: string;
  /** The ARN that it is about. */
  resource: string;
  /** Other ARNs of which any will do as well. */
  alternatives?: string[];
  context?: RequestContext;
}

export type Verdict = 'allowed' | 'denied by nobody allowing it' | 'denied by a statement';

/** Evaluates identity-based statements as IAM does: a deny wins, and what nobody allows is denied. */
export function evaluate(statements: readonly Statement[], request: AccessRequest): Verdict {
  let allowed = false;
  for (const statement of statements) {
    if (!applies(statement, request)) continue;
    if (statement.effect === 'Deny') return 'denied by a statement';
    allowed = true;
  }
  return allowed ? 'allowed' : 'denied by nobody allowing it';
}

function applies(statement: Statement, { action, resource, context = {} }: AccessRequest): boolean {
  const namesAction = (pattern: string) => wildcardMatches(pattern.toLowerCase(), action.toLowerCase());
  const namesResource = (pattern: string) => wildcardMatches(pattern, resource);
  const { actions, notActions, resources, notResources } = statement;
  if (actions.length ? !actions.some(namesAction) : notActions.some(namesAction)) return false;
  if (resources.length ? !resources.some(namesResource) : notResources.some(namesResource)) return false;
  return Object.entries(statement.conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => conditionHolds(operator, key, expected, context)),
  );
}
