/**
 * What every process of Python loads by itself while the gate `executed` watches, kept as text: a module `sitecustomize` in the gate's
 * own folder, at the front of `PYTHONPATH`. It notes which functions of the repository are called.
 */

export const WATCH_PYTHON_NAME = 'sitecustomize.py';

/** Marks are `started-PID`; what was called is `called-PID.json`. */
export const WATCH_PYTHON = String.raw`
import atexit
import json
import os
import signal
import sys
import threading

_folder = os.path.dirname(os.path.abspath(__file__))
_root = os.path.dirname(_folder) + os.sep
_places = {}
_called = set()


def _place(name):
    known = _places.get(name)
    if known is None:
        path = os.path.abspath(name)
        inside = path.startswith(_root) and not path.startswith(_folder) and "site-packages" not in path
        known = _places[name] = path if inside else ""
    return known


def _watch(frame, event, argument):
    if event == "call":
        code = frame.f_code
        path = _place(code.co_filename)
        if path:
            _called.add((path, code.co_firstlineno, code.co_name))


def _write(name, text):
    try:
        with open(os.path.join(_folder, name), "w") as file:
            file.write(text)
    except OSError:
        pass


def _begin():
    _called.clear()
    _write("started-%d" % os.getpid(), "")


def _end():
    # Somebody else who watches calls took this one's place: then nothing is known.
    if sys.getprofile() is _watch:
        _write("called-%d.json" % os.getpid(), json.dumps(sorted(_called)))


def _ended(number, frame):
    _end()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)


_begin()
atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin)
if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
    signal.signal(signal.SIGTERM, _ended)
threading.setprofile(_watch)
sys.setprofile(_watch)
`.trimStart();
