"""A mail server for the tests that send e-mails."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.editor.office import MailServer


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Return a mail server to which Django's own SMTP backend sends."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 10
    server.start()
    yield server
    server.stop()
