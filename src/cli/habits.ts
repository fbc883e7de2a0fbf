/** Commands that users of docker, compose, Lima, Colima and Podman type by habit, and their equivalents. */

const engine = (word: string): string =>
  `that is a docker command: \`desktop docker ${word}\`; or eval "$(desktop env)" once, then docker ${word}`
const apply = '`desktop apply` creates the environment, starts it and brings it in line with desktop.yaml'
const destroy = '`desktop destroy` deletes the environment with its data disk; `desktop stop` keeps both'
const off = '`desktop stop --power-off` shuts the VM down; `desktop stop` suspends it with its containers'

const habits: Readonly<Record<string, string>> = {
  up: apply,
  create: apply,
  deploy: apply,
  sync: apply,
  down: '`desktop stop` suspends the VM and keeps its data; `desktop destroy` deletes it',
  halt: off,
  kill: off,
  poweroff: off,
  suspend: 'use `desktop stop`, which suspends the VM with its containers',
  pause: 'use `desktop stop`, which suspends the VM with its containers',
  resume: '`desktop start` resumes a suspended VM',
  unpause: '`desktop start` resumes a suspended VM',
  restart: '`desktop stop --power-off && desktop start` boots the VM again',
  reboot: '`desktop stop --power-off && desktop start` boots the VM again',
  reload: '`desktop apply` reloads what changed in desktop.yaml',
  rm: destroy,
  remove: destroy,
  delete: destroy,
  reset: destroy,
  'factory-reset': destroy,
  ssh: '`desktop shell` opens a shell in the VM; there is no SSH server',
  sh: '`desktop shell` opens a shell in the VM',
  bash: '`desktop shell` opens a shell in the VM',
  attach: '`desktop console` attaches to the console of the VM; `desktop shell` opens a shell',
  cp: '`docker cp` copies from and to containers; to share a folder with the VM, add it to shares: in desktop.yaml',
  copy: '`docker cp` copies from and to containers; to share a folder with the VM, add it to shares: in desktop.yaml',
  edit: 'edit desktop.yaml, then `desktop plan` and `desktop apply`',
  set: 'edit desktop.yaml, or try a value with `desktop plan --set KEY=VALUE`',
  get: '`desktop config show` prints every effective value',
  info: '`desktop status` shows every component of the environment; `docker info` shows the engine',
  inspect:
    '`desktop status --json` prints every component of the environment; `docker inspect` inspects containers and images',
  port: '`desktop status` shows the ports that listen; `docker port NAME` those of a container',
  ports: '`desktop status` shows the ports that listen; `docker ps` those of containers',
  context: '`eval "$(desktop env)"` points docker here; engine.context: true in desktop.yaml makes a context',
  'docker-env': '`eval "$(desktop env)"` points docker here',
  template: '`desktop init` writes a starter desktop.yaml',
  new: '`desktop init` writes a starter desktop.yaml',
  check: '`desktop validate` checks desktop.yaml; `desktop doctor` checks this host',
  lint: '`desktop validate` checks desktop.yaml; `desktop fmt --check` checks its format',
  format: '`desktop fmt --write` formats desktop.yaml',
  upgrade:
    '`desktop lock --update` updates the guest packages in desktop.lock; `desktop apply` builds from them',
  update:
    '`desktop lock --update` updates the guest packages in desktop.lock; `desktop apply` builds from them',
  refresh: '`desktop drift` compares the environment with desktop.yaml',
  dashboard: '`desktop ui` opens a web page of the environment',
  gui: '`desktop ui` opens a web page of the environment',
  open: '`desktop ui` opens a web page of the environment',
  events: '`desktop watch` streams drift events; `docker events` those of the engine',
  df: '`desktop disk show` shows data disk usage; `docker system df` that of images and volumes',
  prune: '`docker system prune` removes unused images, `desktop image prune` unused guest images',
  list: '`desktop ls` lists your environments',
  machine: '`desktop apply`, `stop`, `start`, `status` and `destroy` work on the VM of desktop.yaml',
  undo: '`desktop history` lists every apply, `desktop rollback N` goes back to one',
  ...Object.fromEntries(
    ['build', 'compose', 'images', 'network', 'ps', 'pull', 'push', 'run', 'stats', 'volume'].map((word) => [
      word,
      engine(word),
    ]),
  ),
}

/** All words of the table; a test checks that none is a command. */
export const habitWords: readonly string[] = Object.keys(habits)

export const habitHint = (word: string): string | undefined =>
  Object.hasOwn(habits, word) ? habits[word] : undefined
