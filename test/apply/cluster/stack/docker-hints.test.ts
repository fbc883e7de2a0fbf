/** Instructions for what `docker stack deploy` refuses. */
import { expect, test } from 'vitest'
import { dockerHint } from '../../../../src/apply/cluster/stack/docker-hints.ts'

test.each([
  [
    'extends: Support for `extends` is not implemented yet.',
    'write the keys out, or share them with a YAML anchor',
  ],
  [
    '(root) Additional property include is not allowed',
    'put all services in one file, or give each file a name under swarm.stack',
  ],
  [
    'services.web Additional property profiles is not allowed',
    'remove it; put optional services in a separate stack',
  ],
  [
    'services.web Additional property gpus is not allowed',
    'remove gpus; docker stack deploy reads version 3 of the compose file format',
  ],
  [
    'services.web.depends_on must be a list',
    'use a value of type list; docker stack deploy reads version 3 of the compose file format',
  ],
  [
    'invalid image reference for service web: no image specified',
    'build the image and push it to a registry, then write image: NAME',
  ],
  ['open /p/a.env: no such file or directory', 'use the path of a file, relative to this one'],
  ['service "db" refers to undefined network nope', 'add it under networks'],
  ['something else', 'docker stack deploy reads version 3 of the compose file format'],
])('%s has an instruction', (message, hint) => {
  expect(dockerHint(message)).toBe(hint)
})
