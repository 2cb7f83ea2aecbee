#!/bin/sh
# guard GRACE COMMAND [ARGUMENT...]
#
# Runs the command as a child and ends with its exit status. When a line comes on stdin, or stdin closes - as it does
# however the Erlang VM ends - the child gets SIGTERM, and SIGKILL after GRACE tenths of a second.
#
# On stdout: the line PROCESS:<pid of the command>, then what the command writes on stdout and stderr.
grace=$1
shift

# Nothing but the command talks; a shell would tell here which job was killed.
exec 3<&0 </dev/null 2>/dev/null

# The command takes the place of the shell that tells its number: the number is told first, and is the command's.
/bin/sh -c 'echo "PROCESS:$$"; exec "$0" "$@"' "$@" 2>&1 3<&- &
child=$!

# Apart, since one shell cannot wait for two things. It signals the child itself, so that it ends the child even where
# the outer shell has been killed.
{
  read -r _ <&3
  # From here on the outer shell ends this only between two steps, and no sleep is left behind.
  trap 'exit 0' TERM
  kill -TERM "$child"
  while [ "$grace" -gt 0 ]; do
    sleep 0.1
    kill -0 "$child" || exit 0
    grace=$((grace - 1))
  done
  kill -KILL "$child"
} >/dev/null &
watcher=$!
exec 3<&-

wait "$child"
status=$?
kill -TERM "$watcher"
wait "$watcher"
exit "$status"
