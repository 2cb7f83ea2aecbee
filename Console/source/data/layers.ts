export interface Placed {
  column: number;
  row: number;
}

export interface Layout {
  placed: Map<string, Placed>;
  /** By `from to`: the places that an edge passes between its ends, from what is needed to who needs it. */
  bends: Map<string, Placed[]>;
  columns: number;
  rows: number;
  /** Nodes for which there was no room. */
  left: number;
}

/** Deeper graphs than this are drawn as if they ended here. */
const Deepest = 200;

/**
 * Places a graph without cycles: each node right of all that it needs, and near their height. Edges are pairs of who
 * needs and what is needed; one that skips columns has a place of its own in each, so that it runs behind no node.
 */
export function layered(edges: readonly (readonly [string, string])[], most: number): Layout {
  const needs = new Map<string, Set<string>>();
  for (const [from, to] of edges) {
    needs.set(to, needs.get(to) ?? new Set());
    needs.set(from, (needs.get(from) ?? new Set()).add(to));
  }

  const ids = [...needs.keys()].slice(0, most);
  const depths = depthsOf(ids, needs);
  const columns: string[][] = [];
  const inputs = new Map<string, string[]>();
  const put = (id: string, column: number, from: string[]) => {
    (columns[column] ??= []).push(id);
    inputs.set(id, from);
  };
  const waypoints = new Map<string, string[]>();
  for (const id of ids) {
    const column = depths.get(id)!;
    const sources: string[] = [];
    for (const other of needs.get(id)!) {
      let before = other;
      const passed: string[] = [];
      for (let between = (depths.get(other) ?? column) + 1; between < column; between++) {
        const waypoint = `\0${id}\0${other}\0${between}`;
        put(waypoint, between, [before]);
        passed.push(waypoint);
        before = waypoint;
      }

      waypoints.set(`${id} ${other}`, passed);
      sources.push(before);
    }

    put(id, column, sources);
  }

  const { placed, rows } = place(columns, inputs);
  const bends = new Map([...waypoints].map(([edge, passed]) => [edge, passed.map(waypoint => placed.get(waypoint)!)]));
  return { placed: new Map(ids.map(id => [id, placed.get(id)!])), bends, columns: columns.length, rows, left: needs.size - ids.length };
}

function depthsOf(ids: readonly string[], needs: Map<string, Set<string>>): Map<string, number> {
  const depths = new Map<string, number>();
  const depthOf = (id: string, below: number): number => {
    const known = depths.get(id);
    if (known !== undefined || below > Deepest) {
      return known ?? 0;
    }

    depths.set(id, 0);
    const found = Math.max(-1, ...[...(needs.get(id) ?? [])].map(other => depthOf(other, below + 1))) + 1;
    depths.set(id, found);
    return found;
  };
  ids.forEach(id => depthOf(id, 0));
  return depths;
}

/** Each column in the order of the mean height of what leads to its members. */
function place(columns: readonly string[][], inputs: Map<string, string[]>): { placed: Map<string, Placed>; rows: number } {
  const placed = new Map<string, Placed>();
  let rows = 0;
  for (let column = 0; column < columns.length; column++) {
    const members = columns[column] ?? [];
    const measured = members.map((id, index) => {
      const heights = inputs.get(id)!.flatMap(other => placed.get(other)?.row ?? []);
      return { id, index, height: heights.length === 0 ? Infinity : heights.reduce((sum, row) => sum + row, 0) / heights.length };
    });
    measured.sort((a, b) => (a.height === b.height ? a.index - b.index : a.height - b.height));
    measured.forEach(({ id }, row) => placed.set(id, { column, row }));
    rows = Math.max(rows, members.length);
  }

  return { placed, rows };
}
