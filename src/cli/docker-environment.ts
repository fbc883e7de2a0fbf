/** Variables by which docker, compose, buildx, testcontainers and dockerode find an environment. */

interface DockerVariables {
  set: Readonly<Record<string, string>>
  /** Set now, and would lead elsewhere or ask for TLS on a unix socket. */
  unset: readonly string[]
}

/** Of the engine inside the VM: what containers mount who ask for the docker socket. */
const socketInVm = '/var/run/docker.sock'

/** @param bind where this host has the ports of containers (`publish.bind`). */
export function dockerVariables(
  host: string,
  bind: string,
  env: NodeJS.ProcessEnv = process.env,
): DockerVariables {
  return {
    set: {
      DOCKER_HOST: host,
      TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE: socketInVm,
      // In a container itself, testcontainers would look for them at the gateway of that container's network.
      TESTCONTAINERS_HOST_OVERRIDE: hasLoopback(bind) ? 'localhost' : bind,
      TESTCONTAINERS_CONNECTION_MODE: 'docker_host',
    },
    unset: ['DOCKER_CONTEXT', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'].filter(
      (name) => env[name] !== undefined,
    ),
  }
}

const hasLoopback = (bind: string): boolean => /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(bind)
