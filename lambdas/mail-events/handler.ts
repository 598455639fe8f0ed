import { z } from 'zod';
import { ENVIRONMENTS } from '../../core/environments.ts';
import { recordMailEvent } from '../../core/grants/failure.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createLogger } from '../shared/observability.ts';
import { createWiring } from '../shared/wiring.ts';

/** SES's event about one mail; the tags are those that the mail was sent with. */
const eventSchema = z.object({
  'detail-type': z.string(),
  detail: z.object({
    mail: z.object({
      tags: z.object({
        grant: z.tuple([z.string()]).optional(),
        environment: z.tuple([z.enum(ENVIRONMENTS)]).optional(),
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
  logger.warn('mail trouble', { type, grantId, environment, bounce: detail.bounce });
  if (!grantId || !environment) return;
  await recordMailEvent(await wiring.runtime(), environment, grantId, describe(type, detail.bounce));
}

const WORDING: Record<string, string> = {
  'Email Complaint Received': 'The recipient marked the mail as unwanted: call them before you send another.',
  'Email Rejected': 'The mail was refused before it left: ask whoever runs this site.',
  'Email Delivery Delayed': 'The mail is late: the recipient’s mailbox does not take it at present.',
};

function describe(type: string, bounce: { bounceType: string } | undefined): string {
  if (bounce) {
    return bounce.bounceType === 'Permanent'
      ? 'The mail came back: there is no such mailbox. Correct the address.'
      : 'The mail came back for now: the mailbox may be full. Send it again later.';
  }
  return WORDING[type] ?? `The mail service reported: ${type}.`;
}
