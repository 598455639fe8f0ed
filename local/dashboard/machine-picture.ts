import type { GraphEdge, GraphNode, MachineGraph } from './machine-graph.ts';
import { html, type Markup } from './page.ts';
import { type ExecutionVisits, readableTime, type StateVisits, wayOf } from './state-visits.ts';

const WIDTH = 210;
const HEIGHT = 52;
const ROW = 78;
/** Room for the ways that go by on the left, between the columns and on the right. */
const LEFT = 110;
const BETWEEN = 90;
const RIGHT = 70;
const FULL_WIDTH = LEFT + WIDTH + BETWEEN + WIDTH + RIGHT;

/** The state machine with an execution's way through it: where it has been, how often, how long, and where it is. */
export function machinePicture(graph: MachineGraph, { states, ways }: ExecutionVisits): Markup {
  const height = graph.nodes.length * ROW + 20;
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  // The ways that were taken are drawn last, over the others.
  const edges = graph.edges.toSorted((a, b) => Number(taken(a, ways)) - Number(taken(b, ways)));
  const current = [...states].filter(([, state]) => state.current).map(([name]) => name);
  const said = current.length > 0 ? `It is in ${current.join(' and ')} now.` : 'It is over.';
  return html`<div class="picture" tabindex="0" role="region" aria-label="The picture of the machine"><svg viewBox="0 0 ${FULL_WIDTH} ${height}" role="img" aria-labelledby="picture-title">
<title id="picture-title">The states of the machine and the way of the execution. ${said} The table below says the same.</title>
<defs>${['arrow', 'arrow-taken'].map(
    (id) =>
      html`<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" class="${id}"/></marker>`,
  )}</defs>
${edges.map((edge) => way(edge, nodes, taken(edge, ways)))}
${graph.nodes.map((node) => box(node, states.get(node.name)))}
</svg></div>`;
}

const taken = ({ from, to }: GraphEdge, ways: ReadonlySet<string>) => ways.has(wayOf(from, to));

const left = ({ column }: GraphNode) => LEFT + column * (WIDTH + BETWEEN);
const top = ({ row }: GraphNode) => 10 + row * ROW;
const middle = (node: GraphNode) => top(node) + HEIGHT / 2;

function box(node: GraphNode, state: StateVisits | undefined): Markup {
  const [x, y] = [left(node), top(node)];
  const center = x + WIDTH / 2;
  return html`<g class="state ${standing(state)}"><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="${node.type === 'Choice' ? 26 : 8}"/>
<text x="${center}" y="${y + 22}" class="name">${mark(state)}${node.name}</text>
<text x="${center}" y="${y + 41}" class="note">${noteOf(state) || node.type}</text></g>`;
}

/** As a class, and not by colour alone: the name has a mark, the border a style. */
export function standing(state: StateVisits | undefined): string {
  if (!state) return 'untouched';
  return state.current ? 'current' : state.failed ? 'broken' : 'visited';
}

function mark(state: StateVisits | undefined): string {
  return { untouched: '', current: '▶ ', broken: '✗ ', visited: '✓ ' }[standing(state)] ?? '';
}

/** `2 visits, 3 retries, 12 s`. */
export function noteOf(state: StateVisits | undefined): string {
  if (!state) return '';
  const { visits, retries, ms } = state;
  return [
    ...(visits > 1 ? [`${visits} visits`] : []),
    ...(retries > 0 ? [retries === 1 ? '1 retry' : `${retries} retries`] : []),
    readableTime(ms),
  ].join(', ');
}

function way(edge: GraphEdge, nodes: ReadonlyMap<string, GraphNode>, wasTaken: boolean): Markup | undefined {
  const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
  if (!from || !to) return undefined;
  const kind = `way${wasTaken ? ' taken' : ''}${edge.caught ? ' caught' : ''}`;
  return html`<path class="${kind}" d="${course(from, to)}" marker-end="url(#${wasTaken ? 'arrow-taken' : 'arrow'})"/>`;
}

/** Straight down to the next row; otherwise in an arc beside the column, wider the further it goes, or across. */
function course(from: GraphNode, to: GraphNode): string {
  if (from.column === to.column) {
    if (to.row === from.row + 1) {
      const x = left(from) + WIDTH / 2;
      return `M${x} ${top(from) + HEIGHT} V${top(to) - 1}`;
    }
    const side = from.column === 0 ? -1 : 1;
    const x = side < 0 ? left(from) : left(from) + WIDTH;
    const room = (side < 0 ? LEFT : RIGHT) * 1.25;
    const bulge = x + side * Math.min(room, 30 + 14 * Math.abs(to.row - from.row));
    // Away from the middle, so that what comes and what goes do not meet in one point; a loop is an arc of its own.
    const lean = from === to ? 14 : Math.sign(to.row - from.row) * 8;
    return `M${x} ${middle(from) + lean} C${bulge} ${middle(from) + lean} ${bulge} ${middle(to) - lean} ${x + side} ${middle(to) - lean}`;
  }
  const rightwards = to.column > from.column;
  const start = rightwards ? left(from) + WIDTH : left(from);
  const end = rightwards ? left(to) - 1 : left(to) + WIDTH + 1;
  const half = (start + end) / 2;
  const lean = rightwards ? -8 : 8;
  return `M${start} ${middle(from) + lean} C${half} ${middle(from) + lean} ${half} ${middle(to) + lean} ${end} ${middle(to) + lean}`;
}
