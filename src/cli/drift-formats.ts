/** Values of `desktop drift --format`, shared by the command line, the report and the tests. */
export const driftFormats = ['text', 'json', 'github', 'sarif', 'junit'] as const

export type DriftFormat = (typeof driftFormats)[number]
