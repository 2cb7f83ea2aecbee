import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { BridgeService } from "#messages/snakepit_bridge_pb";
import { Sessions } from "#messages/snakepit_sessions_pb";
import { Tools } from "#messages/snakepit_tools_pb";
import { Store } from "./store";

/** Who the server is told asks: a token, if it wants one, and the name that changes are made under. */
class Identity extends Store {
  /** The server has refused a call for want of a token, or for a wrong one. */
  wanted = "";

  get token(): string {
    return sessionStorage.getItem("token") ?? "";
  }

  get name(): string {
    return localStorage.getItem("name") || "console";
  }

  set(token: string, name: string): void {
    sessionStorage.setItem("token", token.trim());
    localStorage.setItem("name", name.trim());
    this.wanted = "";
    this.changed();
  }

  want(reason: string): void {
    if (this.wanted !== reason) {
      this.wanted = reason;
      this.changed();
    }
  }
}

export const identity = new Identity();

const authorize: Interceptor = next => async request => {
  const token = identity.token;
  if (token) {
    request.header.set("authorization", `Bearer ${token}`);
  }

  try {
    return await next(request);
  } catch (failure) {
    const error = ConnectError.from(failure);
    // The refusal of a token that has been changed since says nothing of the new one.
    if (error.code === Code.Unauthenticated && token === identity.token) {
      identity.want(error.rawMessage || "The server wants a token.");
    }

    throw error;
  }
};

// The page's own origin and no other.
const transport = createGrpcWebTransport({ baseUrl: location.origin, useBinaryFormat: true, interceptors: [authorize] });

export const bridge = createClient(BridgeService, transport);
export const sessions = createClient(Sessions, transport);
export const tools = createClient(Tools, transport);

/** What is told of a failure: the server's own words, or that there is no server. */
export function wordsOf(failure: unknown): string {
  const error = ConnectError.from(failure);
  return isUnreachable(error) ? "The server cannot be reached." : error.rawMessage || Code[error.code] || String(failure);
}

/** Whether nobody answered, rather than the server with a refusal. */
export function isUnreachable(failure: unknown): boolean {
  const error = ConnectError.from(failure);
  return error.cause instanceof TypeError || /failed to fetch|network ?error|load failed/i.test(error.rawMessage);
}

/** How long a server may take to answer before that is told: one that hangs, or is cut off, breaks no connection. */
export const Patience = 5_000;

/** What is told of a server that takes longer. */
export function silenceOf(elapsedMs: number): string {
  return `The server has not answered for ${Math.round(elapsedMs / 1000)} s.`;
}

/** What a change carries to say who made it and why. */
export function signed(why: string): { [key: string]: string } {
  return why.trim() ? { changed_by: identity.name, why: why.trim() } : { changed_by: identity.name };
}

/** Sent again with the same id, a change is made once. */
export function newRequestId(): string {
  return `console-${Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("")}`;
}
