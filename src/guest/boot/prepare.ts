/**
 * `runtime.json` of a bundle → the shell lines that init runs before it starts the bundle. LinuxKit's own init
 * reads the JSON in the guest; ours has no JSON reader there, and starts sooner without one.
 */

/** The members of runtime.json that act before the container exists. */
export interface BundleRuntime {
  cgroups?: readonly string[] | null
  mounts?: readonly RuntimeMount[] | null
  mkdir?: readonly string[] | null
  interfaces?: readonly unknown[] | null
  bindNS?: Readonly<Record<string, string>> | null
  namespace?: string
}

interface RuntimeMount {
  destination: string
  type?: string
  source?: string
  options?: readonly string[]
}

const propagation = /^r?(private|shared|slave|unbindable)$/

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function mountLines({ destination, type, source, options = [] }: RuntimeMount): string[] {
  const kept = options.filter((option) => !propagation.test(option))
  const made = options.filter((option) => propagation.test(option))
  // An overlay's own directories are made with it.
  const layers = kept
    .map((option) => /^(?:upperdir|workdir)=(.*)$/.exec(option)?.[1])
    .filter((dir) => dir !== undefined)
  const directories = [destination, ...layers].map(quote).join(' ')
  // `remount` with a propagation flag changes only the propagation; upstream writes it so.
  const changesOnlyPropagation = made.length > 0 && kept.every((option) => option === 'remount')
  const mount = [
    'mount',
    ...(type === undefined ? [] : ['-t', quote(type)]),
    ...(kept.length === 0 ? [] : ['-o', quote(kept.join(','))]),
    quote(source ?? type ?? 'none'),
    quote(destination),
  ].join(' ')
  return [
    `mkdir -p ${directories}`,
    ...(changesOnlyPropagation ? [] : [mount]),
    ...made.map((option) => `mount --make-${option} ${quote(destination)}`),
  ]
}

/** Which members of `runtime` our init does not carry out; the builder refuses an image that needs them. */
export function unsupported(runtime: BundleRuntime): string[] {
  const bound = Object.entries(runtime.bindNS ?? {}).filter(([, path]) => path !== '')
  return [
    ...((runtime.interfaces ?? []).length > 0 ? ['runtime.interfaces'] : []),
    ...bound.map(([kind]) => `runtime.bindNS.${kind}`),
  ]
}

/** The lines, or undefined when there is nothing to do. Mounts come before directories, as upstream does. */
export function prepareScript(runtime: BundleRuntime): string | undefined {
  const lines = [
    ...(runtime.mounts ?? []).flatMap(mountLines),
    ...(runtime.mkdir ?? []).map((dir) => `mkdir -p ${quote(dir)}`),
    ...(runtime.cgroups ?? []).map((name) => `mkdir -p ${quote(`/sys/fs/cgroup/${name}`)}`),
  ]
  return lines.length === 0 ? undefined : lines.map((line) => `${line}\n`).join('')
}
