"""Kills a child in the middle of what it does in the database."""

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
KILLED = signal.SIGKILL


def in_child(work: Callable[[], object], die_at: int) -> int:
    """Do some work in a child that kills itself before its n-th statement.

    Returns the child's wait status: KILLED, or 0 if the work came to its end. Statements
    are counted where they leave Django; COMMIT counts as one, what comes just after it as
    another, and so does the end: nothing in the product knows of this.
    """
    connections.close_all()
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(execute: Callable[..., Any], *args: Any) -> Any:
        step()
        return execute(*args)

    commit = connection._commit

    def before_commit() -> None:
        step()
        commit()
        step()

    try:
        connection._commit = before_commit
        with connection.execute_wrapper(before):
            work()
            step()
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        os._exit(70)
    os._exit(0)
