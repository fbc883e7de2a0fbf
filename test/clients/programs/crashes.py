"""Dies with a container left behind, for the reaper."""

import os
import signal

from testcontainers.core.container import DockerContainer

started = DockerContainer("busybox:latest").with_command(["sleep", "3600"]).start()
print(started.get_wrapped_container().id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
