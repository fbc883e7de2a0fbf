/** Compose file → the objects that docker would create in the swarm, or the mistake in it with its location. */
import { dirname } from 'node:path'
import type { StackFile } from '../../../config/desired.ts'
import { readSmallFile } from '../../../config/read/files.ts'
import { withoutEngine } from '../../../engine/client-variables.ts'
import { DesktopError } from '../../../errors/desktop-error.ts'
import { messageOf } from '../../../errors/system.ts'
import { type RunResult, run } from '../../../host/run.ts'
import type { Note, Place } from '../../../reconcile/plan.ts'
import type { RefusedStack, WantedObject, WantedStack } from '../../../reconcile/stack/wanted.ts'
import { dockerHint } from './docker-hints.ts'
import { dockerWarnings, placeOfKey } from './docker-warnings.ts'
import { nameProblem } from './names.ts'
import { type ObjectKind, type Recording, recording } from './recorder.ts'
import { nearestPlace, readStackText, type StackText } from './stack-file.ts'

export interface RenderOptions {
  env: Readonly<Record<string, string | undefined>>
  /** Whether a file that the stack refers to may be opened. */
  mayOpen: (path: string) => boolean
  /** Absolute path of docker; called once per stack. */
  docker: () => Promise<string>
  /** File name for messages. */
  shown: string
  /** Key of desktop.yaml with the file. */
  about?: string
  /** Also return registry credentials, for which docker may run a credential helper. */
  withAuth?: boolean
}

export interface RenderedStack {
  stack: WantedStack
  notes: readonly Note[]
  /** `X-Registry-Auth` by service: never log or store them. */
  auth: ReadonlyMap<string, string>
  /** Environment variables that the file uses. */
  variables: readonly string[]
}

/** docker has nothing to wait for. */
const renderMs = 60_000
export async function renderStack(
  { name, file }: StackFile,
  options: RenderOptions,
): Promise<RenderedStack | RefusedStack> {
  const { env, shown, about = 'swarm.stack' } = options
  const start: Place = { file: shown, line: 1, column: 1 }
  let variables: readonly string[] = []
  const refused = (message: string, at?: Place, hint?: string): RefusedStack => ({
    name,
    variables,
    refused: {
      ...{ level: 'error', about, message },
      ...(at === undefined ? {} : { at }),
      ...(hint === undefined ? {} : { hint }),
    },
  })
  const read = readSmallFile(file)
  if ('reason' in read)
    return refused(
      `${shown} cannot be read: ${read.reason}`,
      undefined,
      'use the path of a compose file, relative to desktop.yaml',
    )
  const text = readStackText(read.text, { file, shown, env })
  if ('message' in text) return refused(text.message, text.at, text.hint)
  variables = text.variables.map((one) => one.name)
  for (const one of text.files) {
    if (one.path === undefined)
      return refused(`the path ${one.text} cannot be checked`, one.at, 'write variables as ${NAME}')
    if (!options.mayOpen(one.path))
      return refused(
        `${one.text} is outside the project`,
        one.at,
        `to allow it, add --allow-path ${one.path}`,
      )
  }
  let docker: string
  try {
    docker = await options.docker()
  } catch (error) {
    const hint = 'install the docker client, e.g. the package docker-cli'
    return refused(`there is no docker client to read it: ${messageOf(error)}`, start, hint)
  }
  const auth = options.withAuth === true ? ['--with-registry-auth'] : []
  const argv = ['stack', 'deploy', '--resolve-image', 'never', ...auth, '--compose-file', '-', name]
  const deploy = (socket: string): Promise<RunResult | string> =>
    run([docker, ...argv], {
      cwd: dirname(file),
      // The text that was checked, and not the file, which another parser reads differently.
      stdin: text.compose,
      env: { ...env, ...withoutEngine, DOCKER_HOST: `unix://${socket}` },
      signal: AbortSignal.timeout(renderMs),
    }).catch(messageOf)
  let ran: Awaited<ReturnType<typeof recording<RunResult | string>>>
  try {
    ran = await recording(deploy)
  } catch (error) {
    return refused(messageOf(error), undefined, error instanceof DesktopError ? error.hint : undefined)
  }
  const [recorded, result] = ran
  if (typeof result === 'string') return refused(`${docker} failed: ${result}`, start)
  if (result.code !== 0 && !recorded.isComplete) {
    const message = saidBy(result.stderr)
    return refused(message, placeOf(message, text), dockerHint(message))
  }
  const wanted = wantedOf(name, recorded)
  const invalid = nameProblem(wanted, text.places)
  if (invalid !== undefined) return refused(invalid.message, invalid.at, invalid.hint)
  return {
    stack: { ...wanted, places: text.places, written: text.written },
    notes: [...warnings(result.stderr, start, text), ...unset(text, env)].map((note) => ({ ...note, about })),
    auth: new Map(
      recorded.created.flatMap(({ kind, name: of, auth: given }) =>
        kind === 'services' && given !== undefined ? [[of, given] as const] : [],
      ),
    ),
    variables,
  }
}

function wantedOf(name: string, { created, external }: Recording): Omit<WantedStack, 'places' | 'written'> {
  const objects = (wanted: ObjectKind): WantedObject[] =>
    created
      .filter(({ kind }) => kind === wanted)
      .map(({ name: of, spec }) => ({ name: of, spec }))
      // docker creates them in random order.
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const names = (wanted: ObjectKind): string[] => [
    ...new Set(external.flatMap(({ kind, name: of }) => (kind === wanted ? [of] : []))),
  ]
  return {
    name,
    services: objects('services'),
    networks: objects('networks'),
    configs: objects('configs'),
    secrets: objects('secrets'),
    external: { networks: names('networks'), configs: names('configs'), secrets: names('secrets') },
  }
}

/** Last line of docker's error output, which may begin with warnings. */
const saidBy = (stderr: string): string =>
  stderr
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^(error|Error response from daemon): /i, '') || 'docker stack deploy failed'

type Said = Omit<Note, 'about'>

const warnings = (stderr: string, start: Place, { places }: StackText): Said[] =>
  dockerWarnings(stderr).map(({ message, key }) => ({
    level: 'warning',
    message,
    at: (key === undefined ? undefined : placeOfKey(places, key)) ?? start,
  }))

/** docker replaces them silently by nothing. */
function unset({ variables }: StackText, env: RenderOptions['env']): Said[] {
  const missing = variables.filter(({ name, isRequired }) => isRequired && env[name] === undefined)
  const first = new Map(missing.toReversed().map((one) => [one.name, one]))
  return [...first.values()].reverse().map(({ name, at }) => ({
    level: 'warning',
    message: `the environment variable ${name} is not set; its value is empty`,
    hint: `set it, or give a default: \${${name}:-VALUE}`,
    at,
  }))
}

/** Location of the key that docker's message names. */
function placeOf(message: string, { places, files }: StackText): Place {
  const root = nearestPlace(places, '')
  const file = files.find(({ path }) => path !== undefined && message.includes(path))
  if (file !== undefined) return file.at
  const [path] = /\b(?:services|networks|configs|secrets|volumes)\.[\w.-]*\w/.exec(message) ?? []
  // Without the service: the first one with such a key.
  const [, field] = /^cannot parse '([\w.]+)'/.exec(message) ?? /^(extends): /.exec(message) ?? []
  const suffix = `.${field?.toLowerCase()}`
  const named = field && [...places].find(([key]) => key.toLowerCase().endsWith(suffix))
  if (named) return named[1]
  const [, extra] = /Additional property (\S+)/.exec(message) ?? []
  if (path !== undefined || extra !== undefined)
    return nearestPlace(places, [path, extra].filter((part) => part !== undefined).join('.'))
  const service = /\bservice "?([\w.-]+\w)"?/.exec(message)?.[1]
  return service === undefined ? root : nearestPlace(places, `services.${service}`)
}
