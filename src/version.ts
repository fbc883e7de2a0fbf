/** The version of this tool, from package.json. */
import packageJson from '../package.json' with { type: 'json' }

export const toolVersion: string = packageJson.version
