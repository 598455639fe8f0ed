import type { ServiceAccountAnswer } from '../../../core/people/service-accounts.ts';

/** Which published apps have a robot work, and which of them it does not work for. */
export function RobotWork({ account }: { account: ServiceAccountAnswer }) {
  const { apps = [], work = [] } = account;
  return (
    <>
      {work.map(({ app, name, environments }) => {
        const where = environments.join(', ');
        return apps.includes(app) ? (
          <p key={app}>
            It works for <bdi>{name}</bdi> in {where}: if that app is taken away, what it is to do there next
            fails.
          </p>
        ) : (
          <p key={app} class="trouble" role="note">
            <bdi>{name}</bdi> in {where} names this robot, which does not work for it: what it is to do there
            fails.
          </p>
        );
      })}
    </>
  );
}
