import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import {
  addWorkOrder,
  arrive,
  DISPATCHER,
  readRecord,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { photograph } from '../../support/witness.ts';

jest.setTimeout(60_000);

let system: System;

afterAll(() => system?.stop());

describe('one permission taken out of the template', () => {
  it('[P2] is seen as a refusal by exactly the calls that need it, and nothing is half written', async () => {
    // A write of a pass checks in its transaction that the pass is live; nobody else's write asks for that.
    system = await startPropertyManagement({ denyActions: ['*api*:dynamodb:ConditionCheckItem'] });
    const dispatcher = await staffSession(system, DISPATCHER);
    const { id } = await addWorkOrder(
      dispatcher,
      workOrder({ name: 'Lifts', email: 'lifts@contractor.example' }),
    );
    const { visitor, pass } = await arrive(system, 'lifts@contractor.example');
    await visitor.get(`/production/records/${id}`, pass);
    await system.settled();
    const before = await photograph(system);

    const path = `/production/records/${id}/operations`;
    const refused = await visitor.json(
      'POST',
      `${path}/note`,
      { values: { completionNotes: 'Half way' } },
      pass,
    );
    expect(refused.status).toBe(500);
    expect(refused.json).toMatchObject({ code: 'INTERNAL' });
    expect(refused.text).not.toMatch(/AccessDenied|arn:|dynamodb/i);
    expect(await photograph(system)).toEqual(before);
    expect(system.logs('local').join('\n')).toMatch(/AccessDenied.*dynamodb:ConditionCheckItem/);
    expect(system.logs('api').join('\n')).toMatch(/AccessDenied/);

    const allowed = await dispatcher.json('POST', `${path}/edit`, { values: { building: 'Garden Court' } });
    expect(allowed.status).toBe(200);
    expect((await readRecord(dispatcher, id)).values.building).toBe('Garden Court');
  }, 120_000);
});
