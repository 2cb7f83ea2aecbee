import { render } from "preact";
import { App } from "./app";

const theme = localStorage.getItem("theme");
if (theme === "light" || theme === "dark") {
  document.documentElement.dataset["theme"] = theme;
}

render(<App />, document.getElementById("root")!);
