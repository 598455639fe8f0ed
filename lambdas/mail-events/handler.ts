import { z } from 'zod';
import { ENVIRONMENTS } from '../../core/environments.ts';
import { recordMailEvent } from '../../core/grants/failure.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createLogger } from '../shared/observability.ts';
import { createWiring } from '../shared/wiring.ts';
import { describeTrouble } from './wording.ts';

/** SES's event about one mail; the tags are those that the mail was sent with. */
const eventSchema = z.object({
  'detail-type': z.string(),
  detail: z.object({
    mail: z.object({
      tags: z.object({
        grant: z.tuple([z.string()]).optional(),
        environment: z.tuple([z.enum(ENVIRONMENTS)]).optional(),
        notification: z.tuple([z.string()]).optional(),
      }),
    }),
    bounce: z.object({ bounceType: z.string(), bounceSubType: z.string().optional() }).optional(),
  }),
});

const wiring = createWiring(readEnvironment('mail-events'));
const logger = createLogger('mail-events');

/** Marks the record whose mail did not arrive. A mail that belongs to no grant (a sign-in link) is only logged. */
export async function handler(event: unknown): Promise<void> {
  const { 'detail-type': type, detail } = eventSchema.parse(event);
  const [grantId] = detail.mail.tags.grant ?? [];
  const [environment] = detail.mail.tags.environment ?? [];
  const [notification] = detail.mail.tags.notification ?? [];
  logger.warn('mail trouble', { type, grantId, environment, notification, bounce: detail.bounce });
  if (!grantId || !environment) return;
  const message = describeTrouble(type, detail.bounce, notification);
  await recordMailEvent(await wiring.runtime(), environment, grantId, message);
}
