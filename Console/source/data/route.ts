import { Store } from "./store";

/** Where in the console one is: the part of the address behind `#`, as `/session/tour/variables/x`. */
class Route extends Store {
  constructor() {
    super();
    addEventListener("hashchange", () => this.changed());
  }

  get parts(): string[] {
    return location.hash.replace(/^#\/?/, "").split("/").filter(part => part !== "").map(decode);
  }

  go(...parts: string[]): void {
    location.hash = hrefOf(...parts);
  }
}

export const route = new Route();

export function hrefOf(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
