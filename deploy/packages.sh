# Sourced by what builds the cluster: ./test, deploy/local-cluster, bench/run.

# Restores a project or solution of the cluster: with the pinned packages, else with the nearest later ones that go together,
# which whatever is run from then on builds with too. False where there are none; `missing` says why then.
# restore_cluster PROJECT [OPTION...]
restore_cluster() {
  local log
  log="$(mktemp)"
  missing=""
  if dotnet restore "$@" --verbosity quiet >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi

  if GrpcVersion=2.65.0 ProtobufVersion=3.27.0 dotnet restore "$@" --verbosity quiet >/dev/null 2>&1; then
    export GrpcVersion=2.65.0 ProtobufVersion=3.27.0
    echo "${0##*/}: the feeds lack Grpc.AspNetCore 2.63.0; the cluster is built with $GrpcVersion and Google.Protobuf $ProtobufVersion" >&2
    rm -f "$log"
    return 0
  fi

  missing="$(grep -om1 'NU[0-9]*: [^[]*' "$log" || tail -n 1 "$log")"
  rm -f "$log"
  return 1
}
