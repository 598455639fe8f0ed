import type { AppDefinition } from '../../core/apps/definition.ts';
import type { Draft } from '../../core/apps/manifest.ts';
import { planPublication } from '../../core/apps/publish.ts';
import type { Environment } from '../../core/environments.ts';
import type { PolicyDocument } from '../../core/policy/document.ts';
import { loadPolicy } from '../../core/policy/load.ts';
import { robotsOf, type SiteFiles } from './read-site.ts';

/**
 * The policy that an environment would run if the files were all that it had: checked and compiled as publishing does.
 * Nothing outside of the files is read.
 * @throws DaypassError DEFINITION_INVALID with every mistake and its place
 */
export function planPolicy({ site, apps }: SiteFiles, environment: Environment): PolicyDocument {
  const { name, contact, roles, environments } = site;
  const publication = planPublication({
    environment,
    drafts: apps.map(draftOf),
    manifest: undefined,
    published: [],
    site: {
      version: 1,
      settings: { name, contact, roles, ...(environments && { environments }) },
      isNew: true,
    },
    robots: robotsOf(site),
    at: NEVER,
    by: 'files',
  });
  if (!publication) throw new Error('A first publication always changes something.');
  return loadPolicy(publication.policy.document).document;
}

const NEVER = new Date(0).toISOString();

function draftOf(definition: unknown): Draft {
  const { id, kind } = definition as AppDefinition;
  return { app: String(id), version: 1, kind, definition, updatedAt: NEVER, updatedBy: 'files' };
}
