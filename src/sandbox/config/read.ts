import { readYaml } from '../../lib/config/yaml-document.ts';
import type { LabDescription } from '../description.ts';
import { ConsistentSandboxConfig } from './cross-faults.ts';
import { describedLab } from './describe.ts';

/**
 * Parses the configuration of a lab.
 *
 * @param file the file name, for messages
 * @throws FedctlError config.invalid with all errors and their positions
 */
export function readSandboxConfig(text: string, file: string): LabDescription {
  const remedy =
    'Correct the lines above. The JSON Schema schemas/sandbox-config.v1.json lists the valid values of each key.';
  return describedLab(readYaml(ConsistentSandboxConfig, text, file, { remedy }));
}
