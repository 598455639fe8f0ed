import { requireDesign } from '../../core/apps/design-access.ts';
import { readManifest } from '../../core/apps/publishing.ts';
import { isEnvironment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import { exportCedar } from '../../core/policy/cedar/export.ts';
import { type Handlers, json } from '../shared/http/request.ts';
import type { OpenPeople } from '../shared/people-session.ts';
import type { POLICY_ROUTES } from '../shared/routes/access.ts';

type PolicyRoute = (typeof POLICY_ROUTES)[number];

/** The policy of an environment for other tools; for those who may read all apps and the environment. */
export function policyHandlers(open: OpenPeople): Handlers<PolicyRoute> {
  return {
    async exportPolicy(request) {
      const { target } = request.params;
      if (!isEnvironment(target)) throw new DaypassError('NOT_FOUND');
      const session = await open(request);
      requireDesign(session, 'design:read', { type: 'app' });
      const manifest = await readManifest(session, target);
      const { policy } = await session.runtime.published(target);
      const { policies, schema, refused } = exportCedar(policy.document, target);
      return json(200, { environment: target, policy: manifest.policy, policies, schema, refused });
    },
  };
}
