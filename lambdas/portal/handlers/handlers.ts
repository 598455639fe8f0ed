import type { ApiRequest, Handlers } from '../../shared/http/request.ts';
import type { SiteRoute } from '../../shared/routes/index.ts';

export type PortalRoute = Extract<SiteRoute, { function: 'portal' }>;
export type PortalHandlers = Handlers<PortalRoute>;

/** The request of a page, by its route's id. */
export type PortalRequest<Id extends PortalRoute['id']> = ApiRequest<Extract<PortalRoute, { id: Id }>>;
