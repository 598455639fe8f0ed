import type { AppSummary } from '../../../core/records/apps.ts';

/** The apps that somebody can reach in an environment, with their lists and what can be added. */
export function AppsPage(props: { apps: readonly AppSummary[]; base: string; passes?: string }) {
  const { apps, base, passes } = props;
  return (
    <>
      <h1>Apps</h1>
      {apps.length === 0 && (
        <p>There is nothing here that you can open. Ask an administrator for a role in one of the apps.</p>
      )}
      {passes && (
        <p>
          <a href={passes}>Live passes: who can get in now</a>
        </p>
      )}
      {apps.map((app) => (
        <section key={app.id} class="app" aria-labelledby={`app-${app.id}`}>
          <h2 id={`app-${app.id}`}>
            <bdi>{app.name}</bdi>
          </h2>
          {app.description && <p dir="auto">{app.description}</p>}
          {app.recordTypes.map((type) => (
            <div key={type.id} class="type">
              {type.views.length > 0 && (
                <ul class="links" aria-label={type.plural}>
                  {type.views.map((view) => (
                    <li key={view.id}>
                      <a href={viewHref(base, app.id, type.id, view.id)}>
                        <bdi>
                          {type.plural}: {view.name}
                        </bdi>
                      </a>
                    </li>
                  ))}
                </ul>
              )}
              <AddButtons
                operations={type.operations}
                href={(id) => `${base}/${app.id}/${type.id}/operations/${id}`}
              />
            </div>
          ))}
        </section>
      ))}
    </>
  );
}

export function viewHref(base: string, app: string, type: string, view: string): string {
  return `${base}/${app}?${new URLSearchParams({ type, view })}`;
}

export function AddButtons(props: {
  operations: readonly { id: string; name: string }[];
  href: (operation: string) => string;
}) {
  if (props.operations.length === 0) return null;
  return (
    <p class="buttons">
      {props.operations.map(({ id, name }) => (
        <a key={id} class="button" href={props.href(id)}>
          {name}
        </a>
      ))}
    </p>
  );
}

/** The environments in which somebody can reach something. */
export function EnvironmentsPage({
  environments,
  manages,
}: {
  environments: readonly string[];
  manages: boolean;
}) {
  return (
    <>
      <h1>Where do you want to work?</h1>
      {environments.length === 0 ? (
        <p>There is nothing here that you can open. Ask an administrator for a role in one of the apps.</p>
      ) : (
        <ul class="links">
          {environments.map((name) => (
            <li key={name}>
              <a href={`/app/${name}`}>{name[0]?.toUpperCase() + name.slice(1)}</a>
            </li>
          ))}
        </ul>
      )}
      {manages && (
        <p class="buttons">
          <a class="button quiet" href="/manage">
            Administration
          </a>
        </p>
      )}
    </>
  );
}
