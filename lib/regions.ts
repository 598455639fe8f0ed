/**
 * AWS's regions that have all that Daypass uses. SES is what the youngest ones lack. By the endpoints that AWS's own SDK for
 * Python knows (botocore 1.43): whoever finds a region to have SES by now adds it here.
 */
export const REGIONS = [
  'af-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-5',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;

/** Regions from which no mail can be sent. */
export const WITHOUT_SES: readonly string[] = [
  'ap-east-1',
  'ap-east-2',
  'ap-southeast-4',
  'ap-southeast-6',
  'ap-southeast-7',
  'eu-south-2',
  'mx-central-1',
];

/** China, GovCloud, the sovereign and the secret clouds: other accounts, other ARNs. */
const OTHER_CLOUDS = /^(cn|us-gov|us-iso[a-z]?|eu-isoe|eusc-[a-z]+)-[a-z]+-\d$/;
/** A name with more mistakes than this is no slip of the finger. */
const MOST_MISTAKES = 4;

/** Why something is no region to deploy into, and which one may have been meant. */
export function regionProblem(given: unknown): string {
  if (typeof given === 'string') {
    if (WITHOUT_SES.includes(given)) {
      return `${given} has no Amazon SES, so no mail could be sent: choose another one${others(given)}`;
    }
    if (OTHER_CLOUDS.test(given)) return `${given} is not in AWS’s public cloud, for which Daypass is made`;
    const name = given.trim().toLowerCase();
    const [nearest] = REGIONS.map((region) => ({ region, mistakes: mistakesIn(name, region) })).sort(
      (a, b) => a.mistakes - b.mistakes,
    );
    if (nearest && nearest.mistakes <= MOST_MISTAKES) {
      return `there is no AWS region “${given}”: did you mean ${nearest.region}?`;
    }
  }
  return 'must be the name of an AWS region, for example eu-central-1';
}

/** Those in the same part of the world. */
function others(given: string): string {
  const [area = ''] = given.split('-');
  const near = REGIONS.filter((region) => region.startsWith(`${area}-`));
  return near.length > 0 ? `, for example ${near[0]}` : '';
}

/** Letters to change, add or leave out until one text is the other (Levenshtein's distance). */
function mistakesIn(text: string, wanted: string): number {
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index);
  for (const [y, letter] of [...text].entries()) {
    const next = [y + 1];
    for (const [x, other] of [...wanted].entries()) {
      const swapped = (row[x] as number) + (letter === other ? 0 : 1);
      next.push(Math.min(swapped, (row[x + 1] as number) + 1, (next[x] as number) + 1));
    }
    row = next;
  }
  return row[wanted.length] as number;
}
