/** A state of a machine with its place in the picture: a row of its own, in the column of its kind. */
export interface GraphNode {
  name: string;
  type: string;
  row: number;
  /** 0: on a way that was planned and ends well; 1: only where something went wrong. */
  column: 0 | 1;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** Whether an error leads there; and whether any error does, so that nobody has planned for it. */
  caught: boolean;
  byAnyError: boolean;
}

export interface MachineGraph {
  startAt: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

interface State {
  Type: string;
  Next?: string;
  End?: boolean;
  Default?: string;
  Choices?: { Next?: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
}

/** The states of an ASL definition and the ways between them, laid out from top to bottom. */
export function machineGraph(definition: string): MachineGraph {
  const { StartAt: startAt, States } = JSON.parse(definition) as {
    StartAt: string;
    States: Record<string, State>;
  };
  const edges = Object.entries(States).flatMap(([from, state]) => edgesOf(from, state));
  const asPlanned = edges.filter((edge) => !edge.byAnyError);
  const planned = reachable([startAt], asPlanned);
  const backwards = asPlanned.map(({ from, to }) => ({ from: to, to: from }));
  const endings = Object.keys(States).filter((name) => States[name]?.End || States[name]?.Type === 'Succeed');
  const endsWell = reachable(endings, backwards);
  const order = downwards(startAt, edges).filter((name) => name in States);
  const rows = [...order, ...Object.keys(States).filter((name) => !order.includes(name))];
  const nodes = rows.map((name, row): GraphNode => {
    const { Type: type } = States[name] as State;
    return { name, type, row, column: planned.has(name) && endsWell.has(name) ? 0 : 1 };
  });
  return { startAt, nodes, edges };
}

/** Each way once, though several rules or errors may lead along it; what is also planned counts as planned. */
function edgesOf(from: string, { Next, Default, Choices = [], Catch = [] }: State): GraphEdge[] {
  const planned = new Set(
    [Next, ...Choices.map((choice) => choice.Next), Default].filter((to) => to !== undefined),
  );
  const caught = new Set(Catch.map((handler) => handler.Next).filter((to) => !planned.has(to)));
  return [
    ...[...planned].map((to) => ({ from, to, caught: false, byAnyError: false })),
    ...[...caught].map((to) => ({
      from,
      to,
      caught: true,
      byAnyError: Catch.every((handler) => handler.Next !== to || handler.ErrorEquals.includes('States.ALL')),
    })),
  ];
}

function reachable(from: readonly string[], ways: readonly Pick<GraphEdge, 'from' | 'to'>[]): Set<string> {
  const found = new Set(from);
  for (const name of found) for (const way of ways) if (way.from === name) found.add(way.to);
  return found;
}

/** States in an order in which as many ways as possible lead down: depth first, a state after all that lead to it. */
function downwards(startAt: string, edges: readonly GraphEdge[]): string[] {
  const seen = new Set<string>();
  const finished: string[] = [];
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const onward = edges.filter(({ from }) => from === name);
    // What is visited last comes first: errors below, and of a choice the first branch next to it.
    for (const { to } of onward.toSorted((a, b) => Number(b.caught) - Number(a.caught))) visit(to);
    finished.push(name);
  };
  visit(startAt);
  return finished.toReversed();
}
