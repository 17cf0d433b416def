import type { Lab } from '../sandbox/lab.ts';
import type { LabLogEntry } from '../sandbox/log.ts';

/** What stands around the variables when the lab stays up; on stderr. */
export function labSummary(lab: Lab, envFile: string | null): string[] {
  const how =
    envFile === null ? 'Export the lines above in another terminal' : `In another terminal: . ${envFile}`;
  return [
    '',
    ...lab.plays.map(([what, where]) => `${what.padEnd(10)} ${where}`),
    '',
    `${how}. Ctrl-C ends the lab.`,
  ];
}

/** One decision of the lab: `12:00:01 sts GetWebIdentityToken refused: … (arn:…)`. */
export function labLogLine(entry: LabLogEntry): string {
  const who = entry.principal === null ? '' : ` (${entry.principal})`;
  return `lab ${entry.at.toISOString().slice(11, 19)} ${entry.hop} ${entry.action} ${entry.decision}: ${entry.reason}${who}`;
}
