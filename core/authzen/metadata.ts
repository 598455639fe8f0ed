/** What `/.well-known/authzen-configuration` says of a site. */
export function accessMetadata(siteUrl: string) {
  const endpoint = (path: string) => `${siteUrl}/access/v1/${path}`;
  return {
    policy_decision_point: siteUrl,
    access_evaluation_endpoint: endpoint('evaluation'),
    access_evaluations_endpoint: endpoint('evaluations'),
    search_subject_endpoint: endpoint('search/subject'),
    search_resource_endpoint: endpoint('search/resource'),
    search_action_endpoint: endpoint('search/action'),
  };
}
