/**
 * Environment variables that point docker, compose, buildx, testcontainers and dockerode at an environment.
 */

import { engineVariables } from '../engine/client-variables.ts'

interface DockerVariables {
  set: Readonly<Record<string, string>>
  /** Variables to unset, because they would point elsewhere or require TLS on a unix socket. */
  unset: readonly string[]
}

/** The engine's socket inside the VM, for containers that mount docker.sock. */
const socketInVm = '/var/run/docker.sock'

/** @param bind host address of published ports (`publish.bind`). */
export function dockerVariables(
  host: string,
  bind: string,
  env: NodeJS.ProcessEnv = process.env,
): DockerVariables {
  return {
    set: {
      DOCKER_HOST: host,
      TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE: socketInVm,
      // In a container, testcontainers would otherwise use the gateway of that container's network.
      TESTCONTAINERS_HOST_OVERRIDE: hasLoopback(bind) ? 'localhost' : bind,
      TESTCONTAINERS_CONNECTION_MODE: 'docker_host',
    },
    unset: engineVariables.filter((name) => env[name] !== undefined),
  }
}

const hasLoopback = (bind: string): boolean => /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(bind)
