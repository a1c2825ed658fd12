"""Asks the feed as a harvester does, at http://school.example."""

import json
from typing import Any

from django.test import Client

BASE = "/open-referral/v3"


def ask(path: str, host: str = "school.example", **headers: str) -> Any:
    """Return the response to a GET; headers as Django's test client takes them."""
    return Client().get(path, HTTP_HOST=host, **headers)


def read(path: str, host: str = "school.example") -> Any:
    """Return the JSON of an answer, which must be one."""
    response = ask(path, host)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def lines(path: str) -> list[Any]:
    """Return the objects of an answer in newline-delimited JSON."""
    response = ask(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def refusal(path: str, host: str = "school.example") -> tuple[int, Any]:
    """Return the status of an error and the parameter that it names, if any."""
    response = ask(path, host)
    assert response["Content-Type"] == "application/problem+json"
    found = json.loads(response.content)
    assert found["status"] == response.status_code
    assert found["detail"]
    return response.status_code, found.get("parameter")
