import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES } from '../../lib/names.ts';
import { ALARMS, GRAPHS, TOLD } from './alarm-table.ts';
import { alarmRow, graphRows } from './metrics.ts';
import { ROOT, resourcesOf, SMALLEST, shown, templatesOf } from './synthesise.ts';

const { stateless } = await templatesOf({ ...SMALLEST, alarmEmail: 'platform@example.org' });
const alarms = resourcesOf(stateless, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => ({
  name: String(Properties.AlarmName).replace('daypass-test-', ''),
  link: String(Properties.AlarmDescription).split('What to do: ')[1] ?? '',
  told: { ringing: shown(Properties.AlarmActions), over: shown(Properties.OKActions) },
}));
const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');

/** The sections of the runbook by their anchor, as GitHub and GitLab make it from a heading. */
const sections = new Map(
  runbook
    .split(/^(?=## )/m)
    .slice(1)
    .map((text) => {
      const [heading = ''] = text.split('\n');
      return [
        heading
          .slice(3)
          .trim()
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replace(/ /g, '-'),
        text,
      ] as const;
    }),
);

describe('alarms', () => {
  it('[P6] each link to a section of the runbook that says what it means, what to look at and what to do', () => {
    const lacking = alarms.flatMap(({ name, link }) => {
      const [file, anchor = ''] = link.split('#');
      const section = sections.get(anchor);
      if (file !== 'docs/runbook.md' || !section) return [`${name}: no section "${link}"`];
      return ['**What it means.**', '**Look at.**', '**Do.**']
        .filter((part) => !section.includes(part))
        .map((part) => `${name}: ${link} lacks ${part}`);
    });

    expect(alarms.length).toBeGreaterThan(15);
    expect(lacking).toEqual([]);
  });

  it('[P6] lead to commands whose names the templates and the functions know', async () => {
    const both = await templatesOf(SMALLEST);
    const templates = JSON.stringify([both.stateless, both.stateful]);
    const parts = [...runbook.matchAll(/daypass-\$STAGE-([a-zA-Z][\w-]*)/g)].map(([, part]) => part);
    const outputs = [...runbook.matchAll(/OutputKey=='(\w+)'/g)].map(([, output]) => output);
    const known = (name: string) => templates.includes(name);
    expect(new Set(parts).size).toBeGreaterThan(8);
    expect(parts.filter((part) => !known(`daypass-test-${part}`))).toEqual([]);
    expect(outputs.filter((output) => !known(`"${output}":{`))).toEqual([]);

    const code = globSync(['lambdas/**/*.ts', 'core/**/*.ts'], { cwd: ROOT });
    const texts = code.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const patterns = [...runbook.matchAll(/--filter-pattern '"([^"]+)"'/g)].map(([, words = '']) => words);
    expect(patterns.filter((words) => !texts.includes(`'${words}`))).toEqual([]);
  });

  it('[P6] lead, with a configured address, to your own copy of the runbook', async () => {
    const { stateless: linked } = await templatesOf({
      ...SMALLEST,
      runbookUrl: 'https://wiki.example.org/daypass-runbook',
    });

    for (const [, { Properties }] of resourcesOf(linked, 'AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmDescription).toMatch(
        /What to do: https:\/\/wiki\.example\.org\/daypass-runbook#[\w-]+$/,
      );
    }
  });

  it('tell somebody, when they ring and when it is over', () => {
    const [subscription] = resourcesOf(stateless, 'AWS::SNS::Subscription').map(
      ([, { Properties }]) => Properties,
    );

    expect(subscription).toMatchObject({ Protocol: 'email', Endpoint: 'platform@example.org' });
    const topic = shown([subscription?.TopicArn]);
    for (const { name, told } of alarms) {
      expect([name, told]).toEqual([name, { ringing: topic, over: topic }]);
    }
  });

  it('may publish to where they tell it: a policy of a topic takes the place of the one that lets its account', () => {
    const policies = resourcesOf(stateless, 'AWS::SNS::TopicPolicy').flatMap(
      ([, { Properties }]) =>
        (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement,
    );
    const allowed = policies.filter(({ Effect }) => Effect === 'Allow');

    expect(allowed).toEqual([
      expect.objectContaining({
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': expect.anything() } },
      }),
    ]);
    const [{ Resource, Condition } = {}] = allowed;
    expect(shown([Resource])).toBe(alarms[0]?.told.ringing);
    expect(shown((Condition as { ArnLike: Record<string, unknown> }).ArnLike['aws:SourceArn'])).toMatch(
      /:cloudwatch:eu-central-1:.*:alarm:daypass-test-\*$/,
    );
  });

  it('watch every function, every queue and every state machine', () => {
    const names = alarms.map(({ name }) => name);
    const queues = resourcesOf(stateless, 'AWS::SQS::Queue').map(([, { Properties }]) =>
      String(Properties.QueueName).replace('daypass-test-', ''),
    );
    const machines = resourcesOf(stateless, 'AWS::StepFunctions::StateMachine').map(
      ([, { Properties }]) => `${String(Properties.StateMachineName).replace('daypass-test-', '')}-failed`,
    );

    expect(names).toEqual(
      expect.arrayContaining([...FUNCTION_NAMES.map((name) => `${name}-errors`), ...queues, ...machines]),
    );
  });

  it('[P6] look at exactly these metrics, and ring exactly when it says here', () => {
    const rows = resourcesOf(stateless, 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) =>
        [String(Properties.AlarmName).replace('daypass-test-', ''), alarmRow(Properties)] as const,
    );

    expect(Object.fromEntries(rows)).toEqual(ALARMS);
  });

  it('[P6] say exactly what has happened, and lead to the section about it', () => {
    const told = resourcesOf(stateless, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
      String(Properties.AlarmName).replace('daypass-test-', ''),
      String(Properties.AlarmDescription).replace('. What to do: docs/runbook.md#', ' → '),
    ]);

    expect(Object.fromEntries(told)).toEqual(TOLD);
  });
});

describe('two stages in one account', () => {
  it('[P6] share no metric: the alarms and graphs of each look at what is its own', async () => {
    const namedBy = async (stage: string) => {
      const stacks = await templatesOf({ ...SMALLEST, stage });
      const [[, dashboard] = []] = resourcesOf(stacks.stateless, 'AWS::CloudWatch::Dashboard');
      return [
        ...resourcesOf(stacks.stateless, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
          alarmRow(Properties).slice(0, -1),
        ),
        ...Object.values(graphRows(shown(dashboard?.Properties.DashboardBody))).flat(),
      ];
    };
    // Of what the stack makes, every stage has its own.
    const MADE = /\b(FunctionName|StateMachineArn|QueueName|ApiId|TableName|ses:configuration-set)=/;
    const [test, production] = await Promise.all(['test', 'production'].map(namedBy));
    const literal = (metrics: string[] = []) => metrics.filter((metric) => !MADE.test(metric));

    expect(literal(test).length).toBeGreaterThan(5);
    expect(literal(test).filter((metric) => literal(production).includes(metric))).toEqual([]);
    expect(literal(test).map((metric) => metric.replaceAll('/test', '/production'))).toEqual(
      literal(production),
    );
  });
});

describe('the dashboard', () => {
  it('[P6] shows exactly these metrics', () => {
    const [dashboard] = resourcesOf(stateless, 'AWS::CloudWatch::Dashboard').map(
      ([, { Properties }]) => Properties,
    );

    expect(graphRows(shown(dashboard?.DashboardBody))).toEqual(GRAPHS);
    expect(dashboard?.DashboardName).toBe('daypass-test-site');
  });

  it('[P6] begins with the last twelve hours, three graphs in a row', () => {
    const [dashboard] = resourcesOf(stateless, 'AWS::CloudWatch::Dashboard').map(
      ([, { Properties }]) => Properties,
    );
    const { start, widgets } = JSON.parse(shown(dashboard?.DashboardBody)) as {
      start: string;
      widgets: { width: number; x: number; y: number; properties: { title: string; view: string } }[];
    };
    const rows = Map.groupBy(widgets, ({ y }) => y);

    expect(start).toBe('-PT12H');
    expect(
      [...rows.values()].map((row) =>
        row.map(({ x, width, properties }) => `${x}+${width} ${properties.title}`),
      ),
    ).toEqual([
      ['0+8 Requests', '8+8 Latency, ms', '16+8 Refused and failed requests'],
      ['0+8 Function errors', '8+8 Function duration p95, ms', '16+8 Throttles'],
      ['0+8 Workflows', '8+8 Outbox', '16+8 Dead letters'],
      ['0+8 Mail reputation'],
    ]);
  });
});
