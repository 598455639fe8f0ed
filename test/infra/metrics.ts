import { shown } from './synthesise.ts';

interface Dimension {
  Name: string;
  Value: unknown;
}

interface MetricQuery {
  Id: string;
  Expression?: string;
  ReturnData?: boolean;
  MetricStat?: {
    Metric: { Namespace: string; MetricName: string; Dimensions?: Dimension[] };
    Period: number;
    Stat: string;
  };
}

/** What an alarm of a template looks at, when it rings and what it then tells, in lines that a person can compare. */
export function alarmRow(properties: Record<string, unknown>): string[] {
  const { ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData } =
    properties;
  const periods = DatapointsToAlarm
    ? `${DatapointsToAlarm} of ${EvaluationPeriods}`
    : `${EvaluationPeriods} in a row`;
  const silence = TreatMissingData === 'notBreaching' ? '' : `, silence: ${TreatMissingData}`;
  const off = properties.ActionsEnabled === false ? ', switched off' : '';
  return [...watchedMetrics(properties), `${ComparisonOperator} ${Threshold}, ${periods}${silence}${off}`];
}

/** One metric, or an expression over several: then the expression with each name's metric in its place. */
function watchedMetrics(properties: Record<string, unknown>): string[] {
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = properties;
  if (Namespace !== undefined) {
    return [
      metricLine(
        String(Namespace),
        String(MetricName),
        Dimensions as Dimension[],
        Period,
        Statistic ?? ExtendedStatistic,
      ),
    ];
  }
  const queries = properties.Metrics as MetricQuery[];
  return queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .flatMap(({ Expression = '' }) =>
      Expression.split(' + ').map((part) => {
        const [, id, rest] = /^FILL\((\w+), (0)\)$/.exec(part) ?? [];
        const stat = queries.find((query) => query.Id === id)?.MetricStat;
        if (!stat) return part;
        const { Namespace: namespace, MetricName: name, Dimensions: dimensions = [] } = stat.Metric;
        return `+ ${metricLine(namespace, name, dimensions, stat.Period, stat.Stat)} or ${rest}`;
      }),
    );
}

function metricLine(
  namespace: string,
  name: string,
  dimensions: Dimension[],
  period: unknown,
  statistic: unknown,
): string {
  const of = dimensions.map(({ Name, Value }) => `${Name}=${resourceName(shown(Value))}`).join(' ');
  return `${statistic} of ${namespace} ${name} of ${of} in ${period} s`;
}

/** The metrics of each graph of a dashboard's body, by the graph's title. */
export function graphRows(body: string): Record<string, string[]> {
  const { widgets } = JSON.parse(body) as {
    widgets: { properties: { title: string; metrics: (string | { stat?: string; period?: number })[][] } }[];
  };
  return Object.fromEntries(
    widgets.map(({ properties: { title, metrics } }) => [
      title,
      metrics.map((metric) => {
        const options = metric.at(-1);
        const { stat, period = 300 } = typeof options === 'object' ? options : {};
        const [namespace = '', name = '', ...pairs] = metric.filter((part) => typeof part === 'string');
        const dimensions = pairs.flatMap((Name, index) =>
          index % 2 === 0 ? [{ Name, Value: pairs[index + 1] }] : [],
        );
        return metricLine(namespace, name, dimensions, period, stat);
      }),
    ]),
  );
}

/** The logical ids of a template end in hashes, and parts of other stacks come under the names of their exports. */
function resourceName(text: string): string {
  return text
    .replace(/^<ExportsOutputRef(Table|Mail)[0-9A-F]+>$/, '$1')
    .replace(/^<(\w+?)(Function|DeadLettersQueue)?[0-9A-F]{8}(\.\w+)?>$/, '$1')
    .replace(/^Workflows/, '');
}
