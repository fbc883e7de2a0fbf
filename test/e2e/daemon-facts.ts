/** Effects of daemon.json on a running engine: its API, a container, a network, its log and its processes. */
import { until } from '../../src/host/until.ts'
import { ok, type TestEnvironment } from './environment.ts'

type Json = Record<string, unknown>

export interface Facts {
  /** `GET /info`. */
  info: Json
  /** The default bridge; empty if there is none. */
  bridge: { EnableIPv6?: boolean; IPAM?: { Config?: Json[] }; Options?: Json }
  /** A newly created network. */
  network: { IPAM: { Config: Json[] }; Options: Json }
  /** `docker inspect` of a container that publishes port 80. */
  container: { HostConfig: Json & { LogConfig: Json }; NetworkSettings: { Ports: Record<string, Json[]> } }
  /** The container's own view. */
  inside: string
  /** dockerd's log since daemon.json was written. */
  log: string
  /** The attributes of the last reload event. */
  reload: Json
  /** The guest's view: sysctl, firewall, processes, metrics. */
  guest: string
  /** Header of `GET /_ping`. */
  builder: string
  /** `buildx inspect`. */
  buildkit: string
}

/** Printed by the container once all facts are. */
const lastLine = 'end of facts'

/** Run in the container: each fact under a heading. */
const insideScript = [
  'cat /etc/resolv.conf /etc/hosts',
  'echo "nofile $(ulimit -n)"',
  'echo "init $(readlink -f /proc/1/exe)"',
  'grep -E "NoNewPrivs|^Seccomp:" /proc/self/status',
  'echo "cgroup $(cat /proc/self/cgroup)"',
  'df -m /dev/shm | tail -n 1',
  'ip route; ip -6 route',
].join('; ')

const guestScript = [
  'echo "dockerd $(pidof dockerd)"',
  'in-service docker iptables -S FORWARD; in-service docker iptables -t nat -S',
  "in-service docker ip6tables -S FORWARD | sed 's/^/v6 /'",
  'ls -d /sys/fs/cgroup/*/',
  'ps -o args | grep -E "[d]ocker-proxy|[p]ublish-port"',
  'wget -qO- http://127.0.0.1:9323/metrics | grep -m 1 engine_daemon',
  'stop-grace',
].join('; ')

/** @param since time of a reload, in seconds since 1970. */
export async function engineFacts(
  machine: Pick<TestEnvironment, 'docker' | 'desktop'>,
  since: string,
  buildkit: () => Promise<string>,
): Promise<Facts> {
  const { docker } = machine
  const json = async (...args: string[]): Promise<never> => JSON.parse(await ok(docker(...args))) as never
  const guest = async (line: string): Promise<string> =>
    (await machine.desktop('exec', '--', 'sh', '-c', line)).stdout
  const info: Json = await json('info', '--format', '{{json .}}')
  const bridged = (await docker('network', 'inspect', 'bridge')).code === 0
  await ok(docker('network', 'create', 'facts'))
  const network = bridged ? [] : ['--network', 'facts']
  const gateway = ['--add-host', 'gate:host-gateway', '-p', '80']
  await ok(
    docker(
      'run',
      '-d',
      '--name',
      'facts',
      ...network,
      ...gateway,
      'box',
      'sh',
      '-c',
      `${insideScript}; echo ${lastLine}; sleep 1000`,
    ),
  )
  const inside = await until(
    async () => {
      const said = await ok(docker('logs', 'facts'))
      return said.includes(lastLine) ? said : undefined
    },
    { deadlineMs: 20_000 },
  )
  const [container] = (await json('inspect', 'facts')) as Facts['container'][]
  const [created] = (await json('network', 'inspect', 'facts')) as Facts['network'][]
  const [bridge = {}] = bridged ? ((await json('network', 'inspect', 'bridge')) as Facts['bridge'][]) : []
  const events = [
    'events',
    '--since',
    since,
    '--until',
    '0s',
    '--filter',
    'event=reload',
    '--format',
    '{{json .}}',
  ]
  const reloads = (await ok(docker(...events))).trim().split('\n').filter(Boolean)
  const last = JSON.parse(reloads.at(-1) ?? '{}') as { Actor?: { Attributes?: Json } }
  const ping = `in-service port-channel sh -c 'printf "HEAD /_ping HTTP/1.0\\r\\n\\r\\n" | socat - UNIX-CONNECT:/run/docker.sock'`
  const facts: Facts = {
    info,
    bridge,
    network: created as Facts['network'],
    container: container as Facts['container'],
    inside,
    log: await guest('tail -n 5000 /var/log/docker.log'),
    reload: last.Actor?.Attributes ?? {},
    guest: await guest(guestScript),
    builder: await guest(ping),
    buildkit: await buildkit(),
  }
  await ok(docker('rm', '-f', 'facts'))
  await ok(docker('network', 'rm', 'facts'))
  return facts
}
