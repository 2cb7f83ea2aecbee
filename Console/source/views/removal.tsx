import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Variable } from "#messages/snakepit_bridge_pb";
import { count } from "../data/format";
import { bridge, newRequestId, wordsOf } from "../data/rpc";
import { Action, Dialog } from "../ui/parts";

/** What goes for good is asked about first. The keyboard begins at "Cancel". */
function Removal(props: { title: string; verb: string; children: ComponentChildren; run: () => Promise<void>; onClose: () => void }) {
  const [failure, setFailure] = useState("");
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      {props.children}
      {failure ? <p class="banner bad" role="alert">{failure}</p> : null}
      <footer>
        <button type="button" class="quiet" onClick={props.onClose}>Cancel</button>
        <Action kind="danger" run={props.run} failed={setFailure} wordsOf={wordsOf}>{props.verb}</Action>
      </footer>
    </Dialog>
  );
}

/** Of a session that is over nobody is told but its watchers. */
export function EndDialog({ id, variables, onEnded, onClose }: { id: string; variables?: number; onEnded?: () => void; onClose: () => void }) {
  const end = async () => {
    const answer = await bridge.cleanupSession({ sessionId: id });
    if (!answer.success) {
      throw new Error("There is no such session any more.");
    }

    onEnded?.();
    onClose();
  };
  return (
    <Removal title={`End ${id}?`} verb="End session" run={end} onClose={onClose}>
      <p>{variables === undefined ? "Its variables" : `Its ${count(variables, "variable")}`}, their histories, tools and locks are gone then, for everybody and for good. Its watchers are told that it is over.</p>
    </Removal>
  );
}

export function DeleteDialog({ sessionId, variable, onDeleted, onClose }: { sessionId: string; variable: Variable; onDeleted?: () => void; onClose: () => void }) {
  const requestId = useMemo(newRequestId, []);
  const remove = async () => {
    const answer = await bridge.deleteVariable({ sessionId, variableIdentifier: variable.id, requestId });
    if (!answer.success) {
      throw new Error(answer.errorMessage);
    }

    onDeleted?.();
    onClose();
  };
  return (
    <Removal title={`Delete ${variable.name}?`} verb="Delete variable" run={remove} onClose={onClose}>
      <p>Its value and its history of {count(variable.version + 1, "version")} are gone then. That it was deleted stays in the session's log.</p>
    </Removal>
  );
}
