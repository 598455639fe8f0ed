import { createApp, listDrafts, readDraft, saveDraft } from '../../core/apps/drafts.ts';
import type { Draft, Manifest } from '../../core/apps/manifest.ts';
import { listPublishingOptions, publishApps, readManifest } from '../../core/apps/publishing.ts';
import { listIndexStates, startRebuild } from '../../core/apps/rebuilding.ts';
import type { Environment } from '../../core/environments.ts';
import { isEnvironment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import { type Handlers, json, versioned } from '../shared/http/request.ts';
import { openPeople } from '../shared/people-session.ts';
import type { ADMIN_ROUTES } from '../shared/routes/admin.ts';
import type { Wiring } from '../shared/wiring.ts';

type AdminRoute = (typeof ADMIN_ROUTES)[number];

/** The routes of the design plane: each asks one use case and sets its answer. */
export function adminHandlers({
  definitions,
  runtime,
}: Pick<Wiring, 'definitions' | 'runtime'>): Handlers<AdminRoute> {
  const open = openPeople({ definitions, runtime });

  return {
    async listDrafts(request) {
      return json(200, { apps: await listDrafts(await open(request)) });
    },

    async createApp(request) {
      const draft = await createApp(await open(request), request.body);
      return versioned(201, answerDraft(draft), { location: `/admin/apps/${draft.app}/draft` });
    },

    async readDraft(request) {
      return versioned(200, answerDraft(await readDraft(await open(request), request.params.app)));
    },

    async saveDraft(request) {
      const { params, body, ifMatch } = request;
      return versioned(200, answerDraft(await saveDraft(await open(request), params.app, body, ifMatch)));
    },

    async listPublishingOptions(request) {
      const environment = environmentOf(request.params.target);
      const chosen = request.query.apps.split(',');
      return json(200, { apps: await listPublishingOptions(await open(request), environment, chosen) });
    },

    async publish(request) {
      const environment = environmentOf(request.params.target);
      return json(
        200,
        answerManifest(await publishApps(await open(request), environment, request.body.apps)),
      );
    },

    async listIndexes(request) {
      const environment = environmentOf(request.params.target);
      return json(200, { recordTypes: await listIndexStates(await open(request), environment) });
    },

    async rebuildIndexes(request) {
      const environment = environmentOf(request.params.target);
      const { app, recordType } = request.body;
      return json(202, await startRebuild(await open(request), environment, app, recordType));
    },

    async readManifest(request) {
      const environment = environmentOf(request.params.target);
      return json(200, answerManifest(await readManifest(await open(request), environment)));
    },
  };
}

/** @throws DaypassError NOT_FOUND for anything that is no environment */
function environmentOf(name: string): Environment {
  if (!isEnvironment(name)) throw new DaypassError('NOT_FOUND');
  return name;
}

function answerDraft({ app, version, kind, definition, updatedAt, updatedBy }: Draft) {
  return { app, version, kind, definition, updatedAt, updatedBy };
}

function answerManifest(manifest: Manifest) {
  const { environment, version, apps, rebuilds = {}, publishedAt, publishedBy } = manifest;
  return { environment, version, apps, rebuilds: Object.keys(rebuilds), publishedAt, publishedBy };
}
