/** Variables of the docker client that select an engine in addition to DOCKER_HOST, or require TLS on a unix socket. */
export const engineVariables: readonly string[] = [
  'DOCKER_CONTEXT',
  'DOCKER_TLS',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
]

/** Unsets them in the environment of a program. */
export const withoutEngine: Readonly<Record<string, undefined>> = Object.fromEntries(
  engineVariables.map((name) => [name, undefined]),
)
