/** guest.platforms: CPUs to emulate, each once and in one order, so that the order in the file means nothing. */
import { type Platform, platforms } from '../platforms.ts'

export const platformList = (raw: readonly Platform[]): Platform[] =>
  (Object.keys(platforms) as Platform[]).filter((platform) => raw.includes(platform))
