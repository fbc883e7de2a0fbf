/**
 * Converts a bundle's `runtime.json` to shell lines that init runs before starting the bundle. LinuxKit's init parses
 * the JSON in the guest; ours has no JSON parser, and starts faster.
 */

/** The members of runtime.json that apply before the container exists. */
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
  // Creates an overlay's upper and work directories too.
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

/** Members of `runtime` that our init does not support; the builder rejects images that need them. */
export function unsupported(runtime: BundleRuntime): string[] {
  const bound = Object.entries(runtime.bindNS ?? {}).filter(([, path]) => path !== '')
  return [
    ...((runtime.interfaces ?? []).length > 0 ? ['runtime.interfaces'] : []),
    ...bound.map(([kind]) => `runtime.bindNS.${kind}`),
  ]
}

/** The lines; undefined if there is nothing to do. Mounts come before directories, as in upstream. */
export function prepareScript(runtime: BundleRuntime): string | undefined {
  const lines = [
    ...(runtime.mounts ?? []).flatMap(mountLines),
    ...(runtime.mkdir ?? []).map((dir) => `mkdir -p ${quote(dir)}`),
    ...(runtime.cgroups ?? []).map((name) => `mkdir -p ${quote(`/sys/fs/cgroup/${name}`)}`),
  ]
  // Sourced by init, so that the first failure ends it without ending init.
  return lines.length === 0 ? undefined : `${lines.join(' &&\n')}\n`
}
