import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { useMemo, useState } from "preact/hooks";
import type { Variable, VariableHistoryEntry } from "#messages/snakepit_bridge_pb";
import { bridge, newRequestId, signed, wordsOf } from "../data/rpc";
import { parse, shown } from "../data/values";
import type { SessionWatch } from "../data/watch";
import { Difference } from "../ui/diff";
import { checked, Editor, initialText } from "../ui/editor";
import { Action, Dialog } from "../ui/parts";

export function SetDialog({ watch, variable, onClose }: { watch: SessionWatch; variable: Variable; onClose: () => void }) {
  const begun = useMemo(() => variable, []);
  const [text, setText] = useState(initialText(begun.type, begun.value));
  const [why, setWhy] = useState("");
  const [guard, setGuard] = useState(true);
  const [failure, setFailure] = useState("");
  const requestId = useMemo(newRequestId, [text, why, guard]);
  const { json, mistake } = checked(begun.type, text);
  const moved = variable.version !== begun.version;

  const set = async () => {
    const answer = await bridge.setVariable({
      sessionId: watch.sessionId,
      variableIdentifier: begun.id,
      value: create(AnySchema, {
        typeUrl: `${prefixOf(begun)}${begun.type}`,
        value: new TextEncoder().encode(json),
      }),
      metadata: signed(why),
      expectedVersion: guard ? begun.version : undefined,
      requestId,
    });
    if (!answer.success) {
      throw new Error(answer.errorMessage);
    }

    onClose();
  };

  return (
    <Dialog title={`Set ${begun.name}`} onClose={onClose} wide={["map", "list", "tensor", "embedding"].includes(begun.type)}>
      <Editor type={begun.type} text={text} onInput={setText} constraints={parse(begun.constraintsJson) as { [key: string]: unknown } | undefined} />
      {mistake && text !== "" ? <p class="hint bad">{mistake}</p> : null}
      <label class="field">
        <span>Why <span class="faint">(shown in the history)</span></span>
        <input type="text" value={why} maxLength={500} onInput={event => setWhy(event.currentTarget.value)} />
      </label>
      <label class="check">
        <input type="checkbox" checked={guard} onChange={event => setGuard(event.currentTarget.checked)} />
        <span>Only if it is still at version {begun.version}{moved ? <b class="bad"> – it is at {variable.version} by now</b> : null}</span>
      </label>
      {failure ? <p class="banner bad" role="alert">{failure}</p> : null}
      <footer>
        <button type="button" class="quiet" onClick={onClose}>Cancel</button>
        <Action run={set} failed={setFailure} wordsOf={wordsOf} disabled={mistake !== ""}>Set</Action>
      </footer>
    </Dialog>
  );
}

export function RollbackDialog(props: { watch: SessionWatch; variable: Variable; entry: VariableHistoryEntry; onClose: () => void }) {
  const { watch, variable, entry, onClose } = props;
  const [why, setWhy] = useState("");
  const [failure, setFailure] = useState("");
  const requestId = useMemo(newRequestId, [why]);
  const rollBack = async () => {
    const answer = await bridge.rollbackVariable({
      sessionId: watch.sessionId,
      variableIdentifier: variable.id,
      targetVersion: entry.version,
      metadata: signed(why),
      requestId,
    });
    if (!answer.success) {
      throw new Error(answer.errorMessage);
    }

    onClose();
  };

  return (
    <Dialog title={`Roll ${variable.name} back to version ${entry.version}`} onClose={onClose} wide>
      <p class="muted">Its value becomes what it was then, as a new version {variable.version + 1}. Nothing is erased.</p>
      <Difference before={shown(variable.type, variable.value, variable.binaryValue)} after={shown(variable.type, entry.value)} />
      <label class="field">
        <span>Why <span class="faint">(shown in the history)</span></span>
        <input type="text" value={why} maxLength={500} onInput={event => setWhy(event.currentTarget.value)} />
      </label>
      {failure ? <p class="banner bad" role="alert">{failure}</p> : null}
      <footer>
        <button type="button" class="quiet" onClick={onClose}>Cancel</button>
        <Action run={rollBack} failed={setFailure} wordsOf={wordsOf}>Roll back</Action>
      </footer>
    </Dialog>
  );
}

/** A value keeps the prefix it was written with: clients of one age do not know the other's. */
function prefixOf(variable: Variable): string {
  const url = variable.value?.typeUrl ?? "";
  return url.startsWith("dspex.variables/") ? "dspex.variables/" : "type.googleapis.com/snakepit.";
}
