import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ConfigFile } from '../../lib/config.ts';
import { appOf } from './app-of.ts';
import { FULLEST, SMALLEST, type Template } from './synthesise.ts';

interface Suppression {
  id: string;
  reason: string;
}

/** Runs the pack over an app: what it found, and what was suppressed where. */
function check(config: ConfigFile, spoil: (app: ReturnType<typeof appOf>) => void = () => {}) {
  const app = appOf(config);
  spoil(app);
  Validations.of(app.app).addPlugins(
    new AwsSolutionsChecks(app.app, { writeSuppressionsToCloudFormation: true }),
  );
  let message = '';
  try {
    app.app.synth();
  } catch (error) {
    message = (error as Error).message;
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[];
  };
  const findings = pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
  );
  const suppressed = readdirSync(app.outdir)
    .filter((file) => file.endsWith('.template.json'))
    .flatMap((file) => {
      const template = JSON.parse(readFileSync(join(app.outdir, file), 'utf8')) as Template;
      return Object.entries(template.Resources).flatMap(([id, { Metadata }]) => {
        const nag = Metadata?.cdk_nag as { rules_to_suppress: Suppression[] } | undefined;
        return (nag?.rules_to_suppress ?? []).map((rule) => ({ ...rule, resource: id }));
      });
    });
  rmSync(dirname(app.outdir), { recursive: true });
  return { findings, message, suppressed };
}

describe('the AwsSolutions pack of cdk-nag', () => {
  it.each([
    ['the smallest configuration', SMALLEST],
    ['a production site with every setting', FULLEST],
  ])('[P4] finds nothing in %s', (_, config) => {
    const { findings, message } = check(config);

    expect(findings).toEqual([]);
    expect(message).toBe('');
  });

  it('[P4] is silenced only at single resources, for four rules, each time with a reason', () => {
    const { suppressed } = check(SMALLEST);

    expect([...new Set(suppressed.map(({ id }) => id))].sort()).toEqual([
      'AwsSolutions-IAM5[Resource::*]',
      'AwsSolutions-SF1',
      'AwsSolutions-SMG4',
      'AwsSolutions-SQS3',
    ]);
    for (const { id, reason, resource } of suppressed) {
      expect([id, resource, reason.length > 40]).toEqual([id, resource, true]);
    }
  });

  it('[P4] would find a table that cannot be restored', () => {
    const { findings } = check(SMALLEST, ({ stateful }) => {
      const table = stateful.node.findChild('Table').node.defaultChild as unknown as {
        pointInTimeRecoverySpecification: unknown;
      };
      table.pointInTimeRecoverySpecification = undefined;
    });

    expect(findings).toEqual(['AwsSolutions-DDB3 at Daypass-test-data/Table/Resource']);
  });
});
