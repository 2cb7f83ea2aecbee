import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { hrefOf, route } from "./data/route";
import { identity } from "./data/rpc";
import { useStore } from "./data/store";
import { Dialog } from "./ui/parts";
import { ServerView } from "./views/server";
import { SessionsView } from "./views/sessions";
import { SessionView } from "./views/session";
import { WorkersView } from "./views/workers";

const places: [string, string, string][] = [["", "Sessions", "s"], ["workers", "Workers", "w"], ["server", "Server", "c"]];

export function App() {
  useStore(route);
  useStore(identity);
  const [asked, setAsked] = useState<"keys" | "identity" | undefined>();
  const [place = "", id, tab, item] = route.parts;
  const here = place === "session" ? "" : place;
  useKeys(() => setAsked("keys"));
  useEffect(() => {
    document.title = place === "session" && id ? `${id} – snakepit` : "snakepit";
  }, [place, id]);
  return (
    <>
      <a class="skip" href="#main" onClick={event => {
        event.preventDefault();
        (document.querySelector("main [tabindex='0'], main a, main button") as HTMLElement | null)?.focus();
      }}>Skip to the contents</a>
      <header class="top">
        <a class="brand" href={hrefOf()}><Mark />snakepit</a>
        <nav aria-label="Places">
          {places.map(([key, name]) => <a key={key} href={hrefOf(...(key ? [key] : []))} class={here === key ? "here" : ""} aria-current={here === key ? "page" : undefined}>{name}</a>)}
        </nav>
        <span class="grow" />
        <button type="button" class="quiet narrow-hide" onClick={() => setAsked("keys")} aria-label="Keys" title="Keys">?</button>
        <button type="button" class="quiet" onClick={toggleTheme} aria-label="Light or dark" title="Light or dark">◐</button>
        <button type="button" class="quiet" onClick={() => setAsked("identity")} title="Who changes are made by"><span class="clip me">{identity.name}</span></button>
      </header>
      {identity.wanted ? <IdentityPrompt /> : null}
      {place === "session" && id !== undefined ? <SessionView key={id} id={id} tab={tab ?? "variables"} item={item} />
        : place === "workers" ? <WorkersView />
          : place === "server" ? <ServerView />
            : <SessionsView />}
      {asked === "identity" ? <Dialog title="You" onClose={() => setAsked(undefined)}><IdentityFields done={() => setAsked(undefined)} /></Dialog> : null}
      {asked === "keys" ? <Keys onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}

function IdentityPrompt() {
  return (
    <section class="panel token" data-testid="token-wanted">
      <h2>The server wants a token</h2>
      <p class="muted">{identity.wanted}</p>
      <IdentityFields done={() => {}} />
    </section>
  );
}

function IdentityFields({ done }: { done: () => void }) {
  const [token, setToken] = useState(identity.token);
  const [name, setName] = useState(identity.name);
  return (
    <form onSubmit={event => {
      event.preventDefault();
      identity.set(token, name);
      done();
    }}>
      <label class="field"><span>Your name <span class="faint">changes are made under it</span></span>
        <input type="text" value={name} maxLength={100} onInput={event => setName(event.currentTarget.value)} /></label>
      <label class="field"><span>Token <span class="faint">kept until this tab is closed</span></span>
        <input type="password" class="mono" value={token} autocomplete="off" onInput={event => setToken(event.currentTarget.value)} /></label>
      <footer><button type="submit" class="primary">Use</button></footer>
    </form>
  );
}

function Keys({ onClose }: { onClose: () => void }) {
  const keys: [string, string][] = [
    ["/", "find"], ["↓ ↑  or  j k", "move in a list"], ["Enter", "open"], ["Del", "end a session, or delete a variable, once you agree"], ["Esc", "close, or clear what was typed"],
    ["g s", "sessions"], ["g w", "workers"], ["g c", "server or cluster"], ["?", "this list"],
  ];
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">{keys.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <footer><button type="button" class="primary" onClick={onClose}>Close</button></footer>
    </Dialog>
  );
}

function useKeys(help: () => void) {
  useLayoutEffect(() => {
    let went = 0;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector("dialog[open]")) {
        return;
      }

      const place = places.find(([, , key]) => key === event.key);
      if (event.key === "/") {
        document.querySelector<HTMLInputElement>("input[type=search]")?.focus();
        event.preventDefault();
      } else if (event.key === "?") {
        help();
      } else if (event.key === "g") {
        went = Date.now();
      } else if (place && Date.now() - went < 1000) {
        route.go(...(place[0] ? [place[0]] : []));
      } else if ((event.key === "ArrowDown" || event.key === "j") && target === document.body) {
        document.querySelector<HTMLElement>(".list")?.focus();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Light, dark, and again what the system says. */
function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset["theme"] ? root.dataset["theme"] === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset["theme"] = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset["theme"]);
  dispatchEvent(new Event("themechange"));
}

function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" class="mark" />
      <path d="M23 9.5c-1.6-1.7-4-2.5-6.6-2.5-4 0-7 2-7 4.9 0 6.3 13.3 2.7 13.3 8.6 0 2.9-3.1 4.7-6.8 4.7-2.9 0-5.5-1-7.1-2.9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" />
    </svg>
  );
}
