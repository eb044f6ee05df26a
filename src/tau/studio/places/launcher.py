"""The script that starts the training program on a node, whatever scheduled it.

It says by its exit status how the run ended, so that each scheduler needs to know only three: 0 is
finished, or stopped because a person asked for it; 75 is paused, and it goes on when it's started
again; 65 can't go on. Everything else is a crash. `torchrun` doesn't hand on the status of the
program, so the last line of the run's events decides.
"""

from shlex import quote

from tau.studio.places.place import Place
from tau.studio.tuning.run_events import EXIT_PAUSED, EXIT_REFUSED

LAUNCHER, BUNDLE = "launch.sh", "worker.zip"
KEY_VARIABLE, KEY_FILE_VARIABLE = "TAU_RUN_KEY", "TAU_RUN_KEY_FILE"
RENDEZVOUS_PORT = 29500
"""Where the processes of several nodes find each other; torchrun's usual one."""

_HEAD = """#!/bin/bash
# Starts the training program on this node. Its arguments are torchrun's; without "local" as the
# first one, torchrun starts a process for each GPU. Ends with 0 if the run is finished or was asked
# to stop, with @paused@ if it goes on when it's started again, with @refused@ if it can't go on.
set -uo pipefail
folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd) || exit 1
cd -- "$folder" || exit 1
"""
_KEY = """if [ -z "${TAU_RUN_KEY:-}" ]; then
  : "${TAU_RUN_KEY_FILE:?Set TAU_RUN_KEY, or TAU_RUN_KEY_FILE to a file with the key}"
  TAU_RUN_KEY=$(cat -- "$TAU_RUN_KEY_FILE") || exit 1
fi
export TAU_RUN_KEY
"""
_BODY = """export PYTHONPATH="$folder/worker.zip" HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1
program=(-m tau.studio.worker "$folder" --base "$base"@unsealed@)
if [ "${1:-}" = local ]; then
  command=("$python" "${program[@]}")
else
  command=("$python" -m torch.distributed.run --max-restarts=0 "$@" "${program[@]}")
fi
events=$folder/events.jsonl
count() { if [ -f "$events" ]; then wc -l < "$events"; else echo 0; fi; }
before=$(count)
rm -f -- "$folder/stop"
"${command[@]}" < /dev/null &
child=$!
ended=
end() {  # asks for a checkpoint, and ends the program only at the second signal
  if [ -n "$ended" ]; then kill -TERM "$child" 2> /dev/null; fi
  ended=1 caught=1
  touch -- "$folder/stop"
}
trap end TERM INT
while :; do caught=; wait "$child"; status=$?; [ -n "$caught" ] || break; done
asked=
if [ -e "$folder/stop" ] && [ -z "$ended" ]; then asked=1; fi
if [ -n "$ended" ]; then rm -f -- "$folder/stop"; fi
if [ "$(count)" -gt "$before" ]; then
  case $(tail -n 1 -- "$events") in
    *'"kind":"finished"'*) exit 0 ;;
    *'"kind":"failed"'*) exit @refused@ ;;
    *'"kind":"paused"'*) if [ -n "$asked" ]; then exit 0; else exit @paused@; fi ;;
  esac
fi
exit "$status"
"""


def render_launcher(place: Place, *, sealed: bool) -> str:
    """Return the script. A sealed folder's key comes by the environment or a file of its own."""
    variables = [f"export {name}={quote(value)}" for name, value in place.environment.items()]
    lines = [f"python={quote(place.python)}", f"base={quote(place.base)}", *variables]
    body = _BODY.replace("@unsealed@", "" if sealed else " --unsealed")
    parts = [_with_codes(_HEAD), *(f"{line}\n" for line in (*lines, *place.setup))]
    return "".join([*parts, _KEY if sealed else "", _with_codes(body)])


def _with_codes(text: str) -> str:
    return text.replace("@paused@", str(EXIT_PAUSED)).replace("@refused@", str(EXIT_REFUSED))
