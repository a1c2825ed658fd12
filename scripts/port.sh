#!/bin/sh
# Says in one line why a local port can't be served on, and exits with 1; else says nothing.
exec "$1" - "$2" <<'PYTHON'
import socket
import sys

port = sys.argv[1]
if not (port.isdigit() and 0 < int(port) < 65536):
    sys.exit("PORT must be a number from 1 to 65535, not '%s'" % port)
with socket.socket() as client, socket.socket() as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken = client.connect_ex(("127.0.0.1", int(port))) == 0
        server.bind(("127.0.0.1", int(port)))
    except PermissionError:
        sys.exit("You may not use port %s. Choose one above 1023: PORT=8001" % port)
    except OSError:
        taken = True
if taken:
    sys.exit("Port %s is in use already. Choose another: PORT=%d" % (port, int(port) % 65535 + 1))
PYTHON
