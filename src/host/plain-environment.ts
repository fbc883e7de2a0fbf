/**
 * Environment variables for programs exposed to the guest: PATH, temporary directory, locale, and our settings. Other
 * variables, e.g. cloud or CI tokens, are not passed on.
 */
const kept = /^(PATH|HOME|TMPDIR|LANG|LC_[A-Z]+|XDG_[A-Z_]+|DESKTOP_[A-Z_]+)$/

export function plainEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return only(env, kept)
}

/** Also Node's startup options, the time zone of logs, and the sudo user, whose folders the supervisor trusts. */
const keptForSupervisor = /^(NODE_OPTIONS|TZ|SUDO_UID)$/

/** @param isOneOfSeveral a machine of `vms` also has the SSH agent, with which it reaches those on other hosts */
export function supervisorEnvironment(
  isOneOfSeveral: boolean,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const agent = isOneOfSeveral ? only(env, /^SSH_AUTH_SOCK$/) : {}
  return { ...plainEnvironment(env), ...only(env, keptForSupervisor), ...agent }
}

const only = (env: NodeJS.ProcessEnv, names: RegExp): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => names.test(name)))
