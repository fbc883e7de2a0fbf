/**
 * A private apt root in the cache: its own sources, lists and (empty) status, so that packages of the guest's
 * suite can be resolved and downloaded without root and whatever the host's own release is. apt does the
 * transport, proxies and signatures.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors.ts'
import { runTool, toolFailure } from '../tools.ts'

/** Debian release and CPU that the guest is made of. */
export const suite = 'trixie'
export const architecture = 'amd64'

export interface AptRoot {
  /** Arguments that make any apt command use this root. */
  args: readonly string[]
  listsDir: string
}

interface Mirrors {
  main: string
  security: string | undefined
}

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Where this host gets Debian from: asked of apt, never assumed, so that a company's mirror is used.
 * DESKTOP_DEBIAN_MIRROR names one for hosts whose own packages are not Debian's.
 */
async function findMirrors(): Promise<Mirrors> {
  const configured = process.env.DESKTOP_DEBIAN_MIRROR
  if (configured !== undefined && configured !== '') return { main: configured, security: undefined }
  const format = '$(REPO_URI) $(ORIGIN) $(CODENAME) $(COMPONENT)'
  const asked = await runTool('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
  const targets = asked.stdout
    .split('\n')
    .map((line) => line.split(' '))
    // Without lists apt does not know the origin yet; the path then is all there is.
    .filter(([uri, origin, , component]) =>
      origin === 'Debian' || origin === ''
        ? /\/debian(-security)?\/?$/.test(uri ?? '') && (component ?? 'main') === 'main'
        : false,
    )
  const security = targets.find(([uri, , codename]) => /-security/.test(`${uri} ${codename}`))?.[0]
  const main = targets.find(([uri, , codename]) => !/-security/.test(`${uri} ${codename}`))?.[0]
  if (main !== undefined) return { main, security }
  throw new DesktopError('guest/no-mirror', 'apt on this host has no Debian mirror among its sources', {
    hint: 'Set DESKTOP_DEBIAN_MIRROR to the address of a Debian mirror, or import an image built elsewhere.',
  })
}

/** Makes the directories and files of the root; cheap, touches no network. */
export async function openAptRoot(dir: string): Promise<AptRoot> {
  const listsDir = join(dir, 'lists')
  await mkdir(join(listsDir, 'partial'), { recursive: true })
  await mkdir(join(dir, 'cache', 'archives', 'partial'), { recursive: true })
  await writeFile(join(dir, 'status'), '')
  const config = join(dir, 'apt.conf')
  // `-c` is read after the host's own configuration (which may hold the proxy), so #clear reaches its hooks.
  await writeFile(
    config,
    `#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Invoke;
Dir::State "${dir}";
Dir::State::status "${join(dir, 'status')}";
Dir::State::lists "${listsDir}";
Dir::Cache "${join(dir, 'cache')}";
Dir::Etc::sourcelist "${join(dir, 'sources.list')}";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
`,
  )
  return { args: ['-c', config, '-q'], listsDir }
}

/** Fetches and verifies the suite's index. */
export async function updateIndex(dir: string, root: AptRoot, signal?: AbortSignal): Promise<void> {
  const { main, security } = await findMirrors()
  const line = (uri: string, name: string) => `deb [signed-by=${keyring}] ${uri} ${name} main\n`
  await writeFile(
    join(dir, 'sources.list'),
    line(main, suite) + (security === undefined ? '' : line(security, `${suite}-security`)),
  )
  const result = await runTool('apt-get', [...root.args, 'update'], signal === undefined ? {} : { signal })
  if (result.code !== 0) throw toolFailure('apt-get', `update, exit ${result.code}`, result.stderr)
}

/** The texts of the fetched package indexes; none before the first `updateIndex`. */
export async function readIndexes(root: AptRoot): Promise<readonly string[]> {
  const names = (await readdir(root.listsDir)).filter((name) => name.endsWith('_Packages')).sort()
  return Promise.all(names.map((name) => readFile(join(root.listsDir, name), 'utf8')))
}

/** Downloads these exact versions into `into`; apt checks each against the signed index and resumes a partial file. */
export async function downloadDebs(
  root: AptRoot,
  packages: readonly { name: string; version: string }[],
  into: string,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = packages.map(({ name, version }) => `${name}=${version}`)
  const result = await runTool('apt-get', [...root.args, 'download', ...wanted], {
    cwd: into,
    ...(signal === undefined ? {} : { signal }),
  })
  if (result.code === 0) return
  if (/Version '.*' for '.*' was not found|Unable to locate package/.test(result.stderr)) {
    throw new DesktopError(
      'guest/version-gone',
      `the mirror does not have a locked package: ${result.stderr.trim()}`,
    )
  }
  throw toolFailure('apt-get', `download, exit ${result.code}`, result.stderr)
}
