"""What happens when something fails, and what callers get to see of it."""

import contextlib
import json
import logging
import os

log = logging.getLogger(__name__)


class Exporter:
    def header(self):
        raise NotImplemented  # expect: py-raise-notimplemented

    def row(self, record):
        raise NotImplementedError("each format writes rows in its own way")

    def footer(self, rows):
        if rows:
            raise NotImplemented(f"{rows} rows need a footer")  # expect: py-raise-notimplemented
        return ""

    def __lt__(self, other):
        if not isinstance(other, Exporter):
            return NotImplemented
        return id(self) < id(other)


def load_settings(path):
    try:
        with open(path) as stream:
            return json.load(stream)
    except:  # expect: py-bare-except
        log.warning("no settings in %s", path)
        return {}


def load_state(path):
    try:
        with open(path) as stream:
            return json.load(stream)
    except (OSError, ValueError) as error:
        log.warning("no state in %s: %s", path, error)
        return {}


def write_all(path, chunks):
    temporary = path + ".new"
    try:
        with open(temporary, "wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
        os.replace(temporary, path)
    except:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def forever(queue, handle):
    while True:
        job = queue.get()
        try:
            handle(job)
        except:  # expect: py-bare-except
            queue.put(job)


def until_stopped(queue, handle):
    while True:
        job = queue.get()
        try:
            handle(job)
        except Exception:
            log.exception("job %s goes back", job)
            queue.put(job)


def transfer(source, target, amount):
    done = False
    try:
        source.withdraw(amount)
        target.deposit(amount)
        done = True
    finally:
        return done  # expect: py-return-in-finally


def transfer_both(source, target, amount):
    source.lock()
    try:
        source.withdraw(amount)
        target.deposit(amount)
        return True
    finally:
        source.unlock()


def read_number(stream):
    try:
        return int(stream.readline())
    except ValueError:
        log.error("no number")
        raise
    finally:
        if stream.closed:
            return None  # expect: py-return-in-finally


def with_timer(clock, work):
    begin = clock()
    try:
        return work()
    finally:
        def report():
            return clock() - begin
        log.info("took %s", report())
