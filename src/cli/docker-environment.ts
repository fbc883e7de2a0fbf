/** Variables by which docker, compose, buildx, testcontainers and dockerode find an environment. */

interface DockerVariables {
  set: Readonly<Record<string, string>>
  /** Set now, and would lead elsewhere or ask for TLS on a unix socket. */
  unset: readonly string[]
}

/** Of the engine inside the VM: what containers mount who ask for the docker socket. */
const socketInVm = '/var/run/docker.sock'

export function dockerVariables(host: string, env: NodeJS.ProcessEnv = process.env): DockerVariables {
  return {
    set: { DOCKER_HOST: host, TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE: socketInVm },
    unset: ['DOCKER_CONTEXT', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'].filter(
      (name) => env[name] !== undefined,
    ),
  }
}
