import { App, type AppProps } from 'aws-cdk-lib';
import type { Config } from './config.ts';
import { FEATURE_FLAGS } from './flags.ts';
import { dataStackName, siteStackName } from './names.ts';
import { StatefulStack } from './stateful-stack.ts';
import { StatelessStack } from './stateless-stack.ts';

export interface DaypassApp {
  app: App;
  stateful: StatefulStack;
  stateless: StatelessStack;
}

export interface DaypassAppProps extends AppProps {
  /** For the stage's first deployment: leaves out what would refuse to take it back if it fails. Default: false. */
  first?: boolean;
}

/**
 * Both stacks of one stage, not yet synthesised.
 * @param root the project's folder
 * @param bundles folder of the functions' bundles (`bundleFunctions`)
 */
export function daypassApp(
  config: Config,
  root: string,
  bundles: string,
  { first = false, ...props }: DaypassAppProps = {},
): DaypassApp {
  const app = new App({ analyticsReporting: false, ...props, postCliContext: FEATURE_FLAGS });
  const env = { region: config.region, ...(config.account && { account: config.account }) };
  const tags = { application: 'daypass', stage: config.stage };
  const stateful = new StatefulStack(app, dataStackName(config), config, {
    env,
    tags,
    first,
    description: `Daypass, stage ${config.stage}: table, keys and sender`,
  });
  const stateless = new StatelessStack(app, siteStackName(config), config, {
    env,
    tags,
    description: `Daypass, stage ${config.stage}: API, functions and workflows`,
    root,
    bundles,
    data: stateful.data,
  });
  stateless.addStackDependency(stateful);
  return { app, stateful, stateless };
}
