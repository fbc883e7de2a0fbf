/** User service that starts an environment at login or boot and repairs it: systemd unit or launchd plist. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface ServiceInputs {
  /** Environment name. */
  name: string
  /** The current invocation: the program and its first arguments. */
  command: readonly string[]
  /** Absolute path of desktop.yaml. */
  file: string
  /** Value of `watch --repair`. */
  repair: string
  /** Environment variables that locate state, cache and sockets, as far as they are set. */
  env: Readonly<Record<string, string>>
}

export const serviceVariables = [
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'DOCKER_CONFIG',
] as const

export const unitName = (name: string): string => `desktop-${name}.service`
const label = (name: string): string => `desktop.${name}`

export function unitPath(name: string, env: NodeJS.ProcessEnv): string {
  const config = env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config')
  return join(config, 'systemd', 'user', unitName(name))
}

export const plistPath = (name: string, env: NodeJS.ProcessEnv): string =>
  join(env.HOME ?? homedir(), 'Library', 'LaunchAgents', `${label(name)}.plist`)

/** Quotes a word for a unit file (systemd.syntax(7)), with specifiers and escapes disabled. */
const unitWord = (word: string): string =>
  `"${word.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('%', '%%')}"`

/** In a command line, variables are also disabled. */
const words = (all: readonly string[]): string =>
  all.map((word) => unitWord(word).replaceAll('$', '$$$$')).join(' ')

/** The VM and its supervisor outlive the watch; ExecStop suspends them at logout or shutdown. */
export function unitText({ name, command, file, repair, env }: ServiceInputs): string {
  const run = (...args: string[]): string => words([...command, ...args, '--file', file])
  const variables = Object.entries(env).map(([key, value]) => `Environment=${unitWord(`${key}=${value}`)}`)
  return [
    '[Unit]',
    `Description=desktop environment ${name}`,
    '',
    '[Service]',
    'Type=exec',
    ...variables,
    `ExecStartPre=${run('start', '--lock-timeout', '60s')}`,
    `ExecStart=${run('watch', `--repair=${repair}`)}`,
    `ExecStop=${run('stop', '--lock-timeout', '60s')}`,
    'KillMode=process',
    'Restart=on-failure',
    'RestartSec=10',
    'TimeoutStartSec=15min',
    'TimeoutStopSec=3min',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n')
}

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** launchd runs one program: a shell that starts the environment, then executes the watch. */
export function plistText({ name, command, file, repair, env }: ServiceInputs): string {
  const script = '"$@" start --file "$0" --lock-timeout 60s && exec "$@" watch "--repair=$REPAIR" --file "$0"'
  const strings = ['/bin/sh', '-c', script, file, ...command].map(
    (word) => `      <string>${xml(word)}</string>`,
  )
  const variables = Object.entries({ ...env, REPAIR: repair }).map(
    ([key, value]) => `      <key>${key}</key><string>${xml(value)}</string>`,
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '  <dict>',
    `    <key>Label</key><string>${xml(label(name))}</string>`,
    '    <key>ProgramArguments</key>',
    '    <array>',
    ...strings,
    '    </array>',
    '    <key>EnvironmentVariables</key>',
    '    <dict>',
    ...variables,
    '    </dict>',
    '    <key>RunAtLoad</key><true/>',
    '    <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>',
    '  </dict>',
    '</plist>',
    '',
  ].join('\n')
}
