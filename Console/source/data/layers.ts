export interface Placed {
  column: number;
  row: number;
}

/**
 * Places a graph without cycles: each node right of all that it needs, and near their height. Edges are pairs of who
 * needs and what is needed.
 */
export function layered(edges: readonly (readonly [string, string])[], most: number): { placed: Map<string, Placed>; columns: number; rows: number; left: number } {
  const needs = new Map<string, string[]>();
  for (const [from, to] of edges) {
    needs.set(from, [...(needs.get(from) ?? []), to]);
    needs.set(to, needs.get(to) ?? []);
  }

  const depth = new Map<string, number>();
  const depthOf = (id: string, below: number): number => {
    const known = depth.get(id);
    if (known !== undefined || below > 500) {
      return known ?? 0;
    }

    depth.set(id, 0);
    const found = Math.max(-1, ...(needs.get(id) ?? []).map(other => depthOf(other, below + 1))) + 1;
    depth.set(id, found);
    return found;
  };
  const ids = [...needs.keys()].slice(0, most);
  ids.forEach(id => depthOf(id, 0));

  const columns: string[][] = [];
  for (const id of ids) {
    (columns[depth.get(id)!] ??= []).push(id);
  }

  const placed = new Map<string, Placed>();
  let rows = 0;
  [...columns].forEach((members = [], column) => {
    const height = (id: string) => {
      const others = (needs.get(id) ?? []).flatMap(other => placed.get(other)?.row ?? []);
      return others.length === 0 ? Infinity : others.reduce((sum, row) => sum + row, 0) / others.length;
    };
    const order = members.map((id, index) => ({ id, index, height: height(id) })).sort((a, b) => (a.height === b.height ? a.index - b.index : a.height - b.height));
    order.forEach(({ id }, row) => placed.set(id, { column, row }));
    rows = Math.max(rows, members.length);
  });
  return { placed, columns: columns.length, rows, left: needs.size - ids.length };
}
