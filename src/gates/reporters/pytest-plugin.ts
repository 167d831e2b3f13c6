/**
 * A plugin for pytest (6 and later), kept as text: it is written into a gate's own folder and loaded by name. It runs inside the runner,
 * behind the wall, and imports only Python's own modules. Like all reporters of Baton's it connects before the first file of the
 * repository is loaded, hands in once, at the end, and leaves nothing in the environment for what tests start.
 */

export const PYTEST_PLUGIN_NAME = 'baton_pytest';

/** What pytest is told: to load it, and to run the other files where one of them cannot be read. */
export const PYTEST_OPTIONS = `-p ${PYTEST_PLUGIN_NAME} --continue-on-collection-errors`;

export const PYTEST_PLUGIN = String.raw`
import json
import os
import socket

import pytest

MAX_MESSAGE = 4000
ORDER = ("passed", "skipped", "failed")


def _without(name, words):
    kept = " ".join(os.environ.get(name, "").replace(words, "", 1).split())
    if kept:
        os.environ[name] = kept
    else:
        os.environ.pop(name, None)


def _connect():
    place = os.environ.pop("BATON_TEST_REPORT", "")
    here = os.path.dirname(os.path.abspath(__file__))
    _without("PYTEST_ADDOPTS", "-p baton_pytest --continue-on-collection-errors")
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path not in ("", here)]
    if paths:
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    else:
        os.environ.pop("PYTHONPATH", None)
    if not place:
        return None
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.connect(place)
    return channel


class Reporter:
    def __init__(self, channel):
        self.channel = channel
        self.root = os.getcwd()
        self.tests = {}
        self.errors = []
        self.turned = set()

    def pytest_configure(self, config):
        self.root = str(getattr(config, "rootpath", None) or config.rootdir)

    def place(self, report):
        path = report.nodeid.split("::")[0]
        if not path:
            return None, None
        line = None
        location = getattr(report, "location", None)
        if location and location[0] == path and location[1] is not None:
            line = location[1] + 1
        return os.path.normpath(os.path.join(self.root, path)), line

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        # Before anybody inside of this sees it: what was raised, whatever becomes of it.
        raised = call.excinfo is not None
        outcome = yield
        report = outcome.get_result()
        key = (report.nodeid, report.when)
        self.turned.discard(key)
        if raised and report.outcome == "passed":
            self.turned.add(key)

    def pytest_runtest_logreport(self, report):
        status = report.outcome
        turned = status == "passed" and (report.nodeid, report.when) in self.turned
        if turned:
            status = "failed"
        # Another one is told of a try that another plugin makes again.
        if status not in ORDER:
            return
        # One phase that failed or was skipped says it of the whole test.
        known = self.tests.get(report.nodeid)
        if known is not None and ORDER.index(known["status"]) >= ORDER.index(status):
            return
        file, line = self.place(report)
        message = str(report.longrepr)[:MAX_MESSAGE] if status == "failed" else ""
        if turned:
            message = "It failed, and was told to have passed."
        name = " > ".join(report.nodeid.split("::")[1:])
        self.tests[report.nodeid] = dict(kind="test", name=name, file=file, status=status, line=line, message=message)

    def pytest_collectreport(self, report):
        if report.passed:
            return
        file, line = self.place(report)
        if report.failed:
            self.errors.append(dict(kind="error", file=file, message=str(report.longrepr)[:MAX_MESSAGE]))
        elif file is not None:
            self.tests[report.nodeid] = dict(kind="test", name="the whole file", file=file, status="skipped", line=line, message="")

    def pytest_internalerror(self, excrepr):
        self.errors.append(dict(kind="error", file=None, message=str(excrepr)[:MAX_MESSAGE]))

    def pytest_unconfigure(self, config):
        channel, self.channel = self.channel, None
        if channel is None:
            return
        lines = list(self.tests.values()) + self.errors
        lines.append(dict(kind="end", count=len(lines)))
        text = "".join(json.dumps(line) + "\n" for line in lines)
        channel.sendall(text.encode("utf-8", "replace"))
        channel.shutdown(socket.SHUT_WR)
        # Closed from the other side once it was read.
        channel.recv(1)
        channel.close()


_channel = _connect()


def pytest_configure(config):
    if _channel is not None:
        # The canary fails: whoever asks to stop at the first failure would not run what comes behind it.
        config.option.maxfail = 0
        reporter = Reporter(_channel)
        reporter.pytest_configure(config)
        config.pluginmanager.register(reporter, "baton_reporter")
`.trimStart();
