/** The version of this tool, from the package itself. */
import packageJson from '../package.json' with { type: 'json' }

export const toolVersion: string = packageJson.version
