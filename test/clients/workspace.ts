/** Third-party Docker API clients, from the package registries, in a cache folder. */
import { createHash } from 'node:crypto'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'
import { ok } from '../e2e/environment.ts'

const nodePackages = ['dockerode@5.0.1', 'testcontainers@12.2.0']
const pythonPackages = [
  'docker==7.1.0',
  'testcontainers==4.15.0',
  'pytest==7.4.4',
  'pytest-timeout==2.4.0',
  'paramiko',
]
/** The last source package that contains docker-py's integration tests. */
const dockerPySource = 'docker==6.1.3'

export interface Workspace {
  /** Directory from which `node` loads the packages. */
  nodeDir: string
  python: string
  /** docker-py's own tests. */
  dockerPy: string
}

/** Installed once per set of versions. */
export async function clientWorkspace(): Promise<Workspace> {
  const versions = [...nodePackages, ...pythonPackages, dockerPySource].join(' ')
  const hash = createHash('sha256').update(versions).digest('hex').slice(0, 12)
  const dir = join(cachePaths().aptDir, '..', 'test', `clients-${hash}`)
  const workspace: Workspace = {
    nodeDir: join(dir, 'node'),
    python: join(dir, 'python', 'bin', 'python'),
    dockerPy: join(dir, 'docker-py'),
  }
  const done = join(dir, 'done')
  const isThere = await access(done).then(
    () => true,
    () => false,
  )
  if (isThere) return workspace
  await rm(dir, { recursive: true, force: true })
  await mkdir(workspace.nodeDir, { recursive: true })
  await writeFile(join(workspace.nodeDir, 'package.json'), '{"type":"module"}')
  const cwd = { cwd: workspace.nodeDir }
  await ok(run(['npm', 'install', '--ignore-scripts', '--no-audit', ...nodePackages], cwd))
  await ok(run(['python3', '-m', 'venv', join(dir, 'python')]))
  const pip: [string, ...string[]] = [workspace.python, '-m', 'pip']
  await ok(run([...pip, 'install', '-q', ...pythonPackages]))
  const source = ['download', '-q', '--no-deps', '--no-binary', ':all:', '-d', dir, dockerPySource]
  await ok(run([...pip, ...source]))
  // Its tests without its package, so that they test the newer, installed version.
  await mkdir(workspace.dockerPy)
  const [archive, place] = [join(dir, 'docker-6.1.3.tar.gz'), workspace.dockerPy]
  await ok(run(['tar', '-xzf', archive, '-C', place, '--strip-components=1', 'docker-6.1.3/tests']))
  await writeFile(done, '')
  return workspace
}
