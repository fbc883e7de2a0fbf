"""A container with a port and a wait for its log, by testcontainers for Python."""

import time
import urllib.error
import urllib.request

from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs

server = "mkdir -p /www && echo hello >/www/index.html && echo ready && exec httpd -f -p 80 -h /www"
with DockerContainer("busybox:latest").with_exposed_ports(80).with_command(["sh", "-c", server]) as container:
    wait_for_logs(container, "ready")
    url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(80)}/"
    # The log line appears before the server listens.
    deadline = time.monotonic() + 20
    while True:
        try:
            print(urllib.request.urlopen(url, timeout=20).read().decode().strip())
            break
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
