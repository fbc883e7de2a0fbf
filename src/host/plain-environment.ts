/**
 * Environment variables for programs that face the guest: PATH, temporary directory, locale, and our own settings.
 * The user's other variables, such as tokens of a cloud or of CI, are not passed on.
 */
const kept = /^(PATH|HOME|TMPDIR|LANG|LC_[A-Z]+|XDG_[A-Z_]+|DESKTOP_[A-Z_]+)$/

export function plainEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name)))
}
